// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IAccessGrants} from "../src/interfaces/IAccessGrants.sol";
import {IInferenceVerifier} from "../src/interfaces/IInferenceVerifier.sol";
import {PackedOutputs} from "../src/libraries/PackedOutputs.sol";
import {GrantGuard} from "../src/receivers/GrantGuard.sol";
import {AccessDeployed} from "./utils/AccessDeployed.sol";
import {vm} from "./utils/Vm.sol";

/// @title A consumer that takes proven answers from holders of grants alone
contract GuardedDigit is GrantGuard {
    IInferenceVerifier private immutable _verifier;
    uint256 public digit;

    constructor(IAccessGrants grants_, IInferenceVerifier verifier) GrantGuard(grants_) {
        _verifier = verifier;
    }

    function accept(IInferenceVerifier.Inference calldata inference) external {
        _requireAccess(_verifier.registry(), 1, 1, msg.sender);
        _verifier.consume(1, 1, inference);
        digit = PackedOutputs.argmax(inference.statement, 1, 10);
    }
}

/// @title A real proof is taken with a grant, and refused without
contract GrantGuardTest is AccessDeployed {
    GuardedDigit private _guarded;

    function setUp() public override {
        super.setUp();
        GuardedDigit made = new GuardedDigit(grants, verifier);
        vm.etch(consumer, address(made).code); // for whom the fixtures' proofs are made
        _guarded = GuardedDigit(consumer);
        needDataset();
        consent(NOW + 365 days);
    }

    function test_takesAnAnswerFromAHolderOfAGrant() public {
        grantTo(clinic, NOW + 1);
        IInferenceVerifier.Inference memory inference = fixture("consumer", 0);
        vm.prank(clinic);
        _guarded.accept(inference);
        assertEq(_guarded.digit(), 7, "digit");
    }

    function test_refusesWithoutAGrant() public {
        _refuses(stranger);
    }

    function test_refusesAfterTheGrant() public {
        grantTo(clinic, NOW + 1);
        vm.warp(NOW + 2);
        _refuses(clinic);
    }

    function test_refusesARevokedGrant() public {
        grantTo(clinic, NOW + 1);
        revokeFrom(clinic);
        _refuses(clinic);
    }

    function test_refusesAModelWhoseDataWereTakenBack() public {
        grantTo(clinic, NOW + 1);
        address user = grants.modelUser(models, MODEL, 1);
        vm.prank(hospital);
        grants.revoke(address(datasets), DATASET, user);
        _refuses(clinic);
    }

    function _refuses(address user) private {
        IInferenceVerifier.Inference memory inference = fixture("consumer", 0);
        vm.expectRevert(abi.encodeWithSelector(GrantGuard.AccessRefused.selector, models, MODEL, 1, user));
        vm.prank(user);
        _guarded.accept(inference);
    }
}
