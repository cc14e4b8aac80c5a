// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {ICropInsurance} from "../../src/interfaces/ICropInsurance.sol";
import {IInferenceOracle} from "../../src/interfaces/IInferenceOracle.sol";
import {Deployed} from "./Deployed.sol";
import {Farm} from "./Farm.sol";
import {OracleDouble} from "./OracleDouble.sol";
import {vm} from "./Vm.sol";

/// @title The insurance over an oracle that answers what a test tells it
abstract contract Insured is Deployed, Farm {
    uint256 internal constant DROUGHT = 0xd0;
    address internal prover = address(0x9407);
    OracleDouble internal double;

    function setUp() public virtual override {
        super.setUp();
        double = new OracleDouble(registry);
        open(IInferenceOracle(address(double)), MODEL);
    }

    function expectClaimRefused(uint256 policyId, ICropInsurance.Status status) internal {
        bytes memory signature = attest(insurance, STATION_KEY, policyId, DROUGHT);
        expectNotReady(policyId, status);
        vm.prank(farmer);
        insurance.claim{value: PROVER_FEE}(policyId, words(DROUGHT), signature, CLAIMS_END);
    }

    function expectNotReady(uint256 policyId, ICropInsurance.Status status) internal {
        vm.expectRevert(abi.encodeWithSelector(ICropInsurance.PolicyNotReady.selector, policyId, status));
    }

    function expectNotAttested(uint256 policyId, uint256 features) internal {
        vm.expectRevert(
            abi.encodeWithSelector(
                ICropInsurance.NotAttested.selector, policyId, keccak256(abi.encodePacked(features))
            )
        );
    }

    function answerAs(address sender, uint256 requestId, uint256 features, int32 score) internal {
        uint256[] memory statement = new uint256[](3);
        (statement[0], statement[1]) = (features, uint32(score));
        vm.prank(sender);
        insurance.onInference(requestId, statement);
    }
}
