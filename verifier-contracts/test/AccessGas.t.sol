// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {AccessDeployed} from "./utils/AccessDeployed.sol";
import {vm} from "./utils/Vm.sol";

/// @title What datasets and grants cost, as transactions of their own
/// @notice Compared with snapshots/access.json.
/// forge-config: default.isolate = true
contract AccessGasTest is AccessDeployed {
    function test_datasets() public {
        vm.startPrank(hospital);
        datasets.publishDataset(datasetOf("scans"));
        vm.snapshotGasLastCall("access", "publishDataset");
        datasets.publishVersion(DATASET, datasetOf("more scans"));
        vm.snapshotGasLastCall("access", "publishVersion of a dataset");
        datasets.setRoyalty(DATASET, hospital, 500);
        vm.snapshotGasLastCall("access", "setRoyalty");
        vm.stopPrank();
    }

    function test_grants() public {
        grantTo(clinic, NOW + 100);
        vm.snapshotGasLastCall("access", "grant");
        grantTo(clinic, NOW + 200);
        vm.snapshotGasLastCall("access", "grant for longer");
        revokeFrom(clinic);
        vm.snapshotGasLastCall("access", "revoke a grant that was given");
    }

    function test_sales() public {
        vm.prank(lab);
        registry.setRoyalty(MODEL, hospital, 500);
        offer(PRICE);
        vm.snapshotGasLastCall("access", "setOffer");
        buy(1);
        vm.snapshotGasLastCall("access", "buy a grant");
        vm.warp(NOW + PERIOD / 4);
        grants.collect(models, MODEL, clinic);
        vm.snapshotGasLastCall("access", "collect, first credits of holder and royalty");
        vm.warp(NOW + PERIOD / 2);
        grants.collect(models, MODEL, clinic);
        vm.snapshotGasLastCall("access", "collect the price of a grant");
        vm.warp(NOW + PERIOD / 4 * 3);
        buy(1);
        vm.snapshotGasLastCall("access", "buy for longer");
        revokeFrom(clinic);
        vm.snapshotGasLastCall("access", "revoke a grant that was sold");
        vm.prank(clinic);
        grants.withdraw(clinic);
        vm.snapshotGasLastCall("access", "withdraw a credit");
        vm.prank(lab);
        grants.clearOffer(models, MODEL);
        vm.snapshotGasLastCall("access", "clearOffer");
    }

    function test_conditions() public {
        needDataset();
        vm.snapshotGasLastCall("access", "addCondition");
    }
}
