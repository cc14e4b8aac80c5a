// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {AccessGrants} from "../../src/AccessGrants.sol";
import {DatasetRegistry} from "../../src/DatasetRegistry.sol";
import {IAccessGrants} from "../../src/interfaces/IAccessGrants.sol";
import {IDatasetRegistry} from "../../src/interfaces/IDatasetRegistry.sol";
import {Deployed} from "./Deployed.sol";
import {vm} from "./Vm.sol";

/// @title Grants, a hospital with a dataset, a lab with two models, a clinic that wants to use them
abstract contract AccessDeployed is Deployed {
    address internal constant hospital = address(0x405);
    address internal constant clinic = address(0xc11);
    address internal constant stranger = address(0xbad);
    uint96 internal constant PRICE = 1 ether;
    uint32 internal constant PERIOD = 30 days;
    uint256 internal constant DATASET = 1;
    uint48 internal constant NOW = 1_800_000_000;

    AccessGrants internal grants;
    DatasetRegistry internal datasets;
    address internal lab;
    address internal models;

    function setUp() public virtual override {
        super.setUp();
        vm.warp(NOW);
        lab = deployer;
        models = address(registry);
        grants = new AccessGrants();
        datasets = new DatasetRegistry();
        vm.prank(hospital);
        datasets.publishDataset(datasetOf("scans"));
        vm.deal(clinic, 100 ether);
        vm.deal(stranger, 100 ether);
    }

    function datasetOf(string memory text) internal pure returns (IDatasetRegistry.DatasetVersion memory) {
        return IDatasetRegistry.DatasetVersion(keccak256(bytes(text)), keccak256("licence"), "ipfs://data");
    }

    function offer(uint96 price) internal {
        vm.prank(lab);
        grants.setOffer(models, MODEL, price, PERIOD, NOW + 365 days);
    }

    function buy(uint32 periods) internal returns (uint48) {
        vm.prank(clinic);
        return grants.buy{value: uint256(PRICE) * periods}(models, MODEL, periods, PERIOD);
    }

    function grantTo(address user, uint48 expires) internal {
        vm.prank(lab);
        grants.grant(models, MODEL, user, expires);
    }

    function revokeFrom(address user) internal {
        vm.prank(lab);
        grants.revoke(models, MODEL, user);
    }

    function needDataset() internal {
        vm.prank(lab);
        grants.addCondition(models, MODEL, 1, address(datasets), DATASET);
    }

    function consent(uint48 expires) internal {
        address user = grants.modelUser(models, MODEL, 1);
        vm.prank(hospital);
        grants.grant(address(datasets), DATASET, user, expires);
    }

    function clinicHasAccess() internal view returns (bool) {
        return grants.hasAccess(models, MODEL, clinic);
    }

    function isUsable() internal view returns (bool) {
        return grants.isUsable(models, MODEL, 1);
    }

    function accessUntil(address user) internal view returns (uint256) {
        return grants.accessUntil(models, MODEL, 1, user);
    }

    /// @dev What is not the holder's to do.
    function expectNotHolder(address caller) internal {
        vm.expectRevert(abi.encodeWithSelector(IAccessGrants.NotTokenHolder.selector, models, MODEL, caller));
        vm.prank(caller);
    }
}
