// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IAccessGrants} from "../src/interfaces/IAccessGrants.sol";
import {IModelRegistry} from "../src/interfaces/IModelRegistry.sol";
import {AccessDeployed} from "./utils/AccessDeployed.sol";
import {vm} from "./utils/Vm.sol";

/// @title A version that needs a dataset's grant is usable as long as the dataset's holder says so
contract AccessConditionsTest is AccessDeployed {
    function test_aVersionWithoutConditionsIsUsable() public view {
        assertTrue(isUsable(), "nothing is needed");
        assertFalse(grants.isUsable(models, MODEL, 2), "no such version");
        assertFalse(grants.isUsable(models, 99, 1), "no such model");
    }

    function test_needsTheConsentOfTheDatasetsHolder() public {
        vm.expectEmit(address(grants));
        emit IAccessGrants.ConditionAdded(models, MODEL, 1, address(datasets), DATASET);
        needDataset();
        assertFalse(isUsable(), "not without consent");
        consent(NOW + 100);
        assertTrue(isUsable(), "consent");
        vm.warp(NOW + 101);
        assertFalse(isUsable(), "for so long");
    }

    function test_revokedConsentEndsTheUseOfAll() public {
        needDataset();
        consent(NOW + 100);
        grantTo(clinic, NOW + 200);
        assertEq(accessUntil(clinic), NOW + 100, "the first end counts");
        assertEq(accessUntil(lab), NOW + 100, "for the holder too");
        address user = grants.modelUser(models, MODEL, 1);
        vm.prank(hospital);
        grants.revoke(address(datasets), DATASET, user);
        assertFalse(isUsable(), "revoked");
        assertEq(accessUntil(clinic), 0, "no use left");
        assertTrue(clinicHasAccess(), "its grant of the model is another matter");
    }

    function test_consentIsToAVersionOfAModelOfARegistry() public {
        needDataset();
        vm.startPrank(hospital);
        grants.grant(address(datasets), DATASET, grants.modelUser(models, MODEL, 2), NOW + 1);
        grants.grant(address(datasets), DATASET, grants.modelUser(models, OTHER_MODEL, 1), NOW + 1);
        grants.grant(address(datasets), DATASET, grants.modelUser(address(datasets), MODEL, 1), NOW + 1);
        grants.grant(address(datasets), DATASET, lab, NOW + 1);
        vm.stopPrank();
        assertFalse(isUsable(), "to none of these");
    }

    function test_consentIsForOneChain() public {
        needDataset();
        consent(NOW + 100);
        address here = grants.modelUser(models, MODEL, 1);
        vm.chainId(5);
        assertTrue(grants.modelUser(models, MODEL, 1) != here, "another name elsewhere");
    }

    function test_nobodyElseConsents() public {
        needDataset();
        address user = grants.modelUser(models, MODEL, 1);
        vm.expectRevert(
            abi.encodeWithSelector(IAccessGrants.NotTokenHolder.selector, address(datasets), DATASET, lab)
        );
        vm.prank(lab);
        grants.grant(address(datasets), DATASET, user, NOW + 100);
    }

    function test_conditionsMayStandBeforeTheVersion() public {
        vm.prank(lab);
        grants.addCondition(models, MODEL, 2, address(datasets), DATASET);
        vm.prank(lab);
        registry.publishVersion(MODEL, commitmentTo(modelKey), developmentTerms(), "");
        assertFalse(grants.isUsable(models, MODEL, 2), "never without");
        assertTrue(isUsable(), "the other version is as it was");
    }

    function test_conditionsAreForGoodAndSetOnce() public {
        needDataset();
        vm.expectRevert(abi.encodeWithSelector(IAccessGrants.ConditionRepeated.selector, address(datasets), DATASET));
        needDataset();
        IAccessGrants.Condition[] memory conditions = grants.conditionsOf(models, MODEL, 1);
        assertEq(conditions.length, 1, "one");
        assertEq(conditions[0].registry, address(datasets), "registry");
        assertEq(conditions[0].datasetId, DATASET, "dataset");
    }

    function test_allConditionsMustHold() public {
        needDataset();
        vm.prank(hospital);
        datasets.publishDataset(datasetOf("more scans"));
        vm.prank(lab);
        grants.addCondition(models, MODEL, 1, address(datasets), 2);
        consent(NOW + 100);
        assertFalse(isUsable(), "one of two");
        address user = grants.modelUser(models, MODEL, 1);
        vm.prank(hospital);
        grants.grant(address(datasets), 2, user, NOW + 50);
        assertTrue(isUsable(), "both");
        assertEq(accessUntil(lab), NOW + 50, "the first end counts");
    }

    function test_conditionsAreFew() public {
        vm.startPrank(lab);
        for (uint256 i = 1; i <= 16; ++i) {
            grants.addCondition(models, MODEL, 1, address(datasets), i);
        }
        vm.expectRevert(IAccessGrants.TooManyConditions.selector);
        grants.addCondition(models, MODEL, 1, address(datasets), 17);
        vm.stopPrank();
        uint256 before = gasleft();
        isUsable();
        assertTrue(before - gasleft() < 150_000, "reading them is cheap enough for consumers");
    }

    function test_theStatusOfTheVersionCounts() public {
        vm.startPrank(lab);
        registry.setVersionStatus(MODEL, 1, IModelRegistry.VersionStatus.Deprecated);
        assertTrue(isUsable(), "deprecated versions answer those who pinned them");
        registry.setVersionStatus(MODEL, 1, IModelRegistry.VersionStatus.Revoked);
        vm.stopPrank();
        assertFalse(isUsable(), "revoked ones nobody");
        assertEq(accessUntil(lab), 0, "the holder neither");
    }
}
