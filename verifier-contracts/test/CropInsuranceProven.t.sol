// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {ICropInsurance} from "../src/interfaces/ICropInsurance.sol";
import {IERCZKMLVerifier} from "../src/interfaces/IERCZKMLVerifier.sol";
import {IInferenceOracle} from "../src/interfaces/IInferenceOracle.sol";
import {IInferenceVerifier} from "../src/interfaces/IInferenceVerifier.sol";
import {IModelRegistry} from "../src/interfaces/IModelRegistry.sol";
import {Bn254} from "../src/libraries/Bn254.sol";
import {Farm} from "./utils/Farm.sol";
import {OracleDeployed} from "./utils/OracleDeployed.sol";
import {vm} from "./utils/Vm.sol";

/// @title Policies decided by real proofs through the real oracle
/// @dev Answer 0 of the fixtures has a first output above the threshold, answer 1 one below it.
contract CropInsuranceProvenTest is OracleDeployed, Farm {
    function setUp() public override {
        super.setUp();
        open(oracle, MODEL);
        provide(provider, 100 ether);
        buy(farmer);
        buy(farmer);
        vm.warp(CLAIM_TIME);
        claim(0, answer(0).statement[0]);
    }

    function test_provenDroughtIsPaid() public {
        vm.prank(rival);
        oracle.fulfil(answer(0));
        assertPolicy(0, ICropInsurance.Status.Paid);
        assertEq(insurance.creditOf(farmer), COVERAGE, "coverage");
        assertEq(oracle.creditOf(prover), PROVER_FEE, "the proof's payee is paid, whoever sends it");
    }

    function test_provenGoodYearIsNot() public {
        claim(1, answer(1).statement[0]);
        oracle.fulfil(answer(1));
        assertPolicy(1, ICropInsurance.Status.Declined);
        assertPolicy(0, ICropInsurance.Status.Claimed);
    }

    function test_batchDecidesBoth() public {
        claim(1, answer(1).statement[0]);
        oracle.fulfilEach(MODEL, 1, answers(2));
        assertPolicy(0, ICropInsurance.Status.Paid);
        assertPolicy(1, ICropInsurance.Status.Declined);
    }

    function test_attackForgedScore() public {
        IInferenceOracle.Fulfilment memory forged = answer(0);
        forged.statement[1] += 1;
        vm.expectRevert(IERCZKMLVerifier.InvalidProof.selector);
        oracle.fulfil(forged);

        forged = answer(0);
        forged.statement[1] += Bn254.R;
        vm.expectRevert(IInferenceVerifier.SignalOutOfField.selector);
        oracle.fulfil(forged);

        forged = fixture("otherModel", 0);
        vm.expectRevert(IERCZKMLVerifier.InvalidProof.selector);
        oracle.fulfil(forged);
        assertPolicy(0, ICropInsurance.Status.Claimed);
    }

    function test_attackAnswerToOtherWeather() public {
        claim(1, answer(1).statement[0]);
        IInferenceOracle.Fulfilment memory good = answer(0);
        good.requestId = 1;
        expectRefusal(1, IInferenceOracle.Outcome.WrongInput);
        oracle.fulfil(good);
    }

    function test_attackReplayedProof() public {
        IInferenceOracle.Fulfilment memory proven = answer(0);
        oracle.fulfil(proven);
        expectRefusal(0, IInferenceOracle.Outcome.RequestNotOpen);
        oracle.fulfil(proven);
        // the same weather in the second policy, whose request is another
        claim(1, proven.statement[0]);
        proven.requestId = 1;
        vm.expectRevert(IERCZKMLVerifier.InvalidProof.selector);
        oracle.fulfil(proven);
        assertEq(insurance.creditOf(farmer), COVERAGE, "paid once");
    }

    function test_attackCopiedCalldata() public {
        IInferenceOracle.Fulfilment memory copied = answer(0);
        copied.payee = rival;
        vm.expectRevert(IERCZKMLVerifier.InvalidProof.selector);
        oracle.fulfil(copied);
    }

    function test_attackProofForAnotherChain() public {
        IInferenceOracle.Fulfilment memory foreign = fixture("otherChain", 0);
        vm.expectRevert(IERCZKMLVerifier.InvalidProof.selector);
        oracle.fulfil(foreign);
    }

    /// @dev A prover that gives just too little gas takes the fee of nobody: all reverts.
    function test_attackStarvedCallback() public {
        bytes memory call_ = abi.encodeCall(oracle.fulfil, (answer(0)));
        for (uint256 gas = 300_000; gas < 700_000; gas += 20_000) {
            (bool taken,) = address(oracle).call{gas: gas}(call_);
            if (!taken) continue;
            assertPolicy(0, ICropInsurance.Status.Paid);
            return;
        }
        assertTrue(false, "taken in the end");
    }

    function test_deprecationStrandsNobody() public {
        setStatus(IModelRegistry.VersionStatus.Deprecated);
        claim(1, answer(1).statement[0]);
        oracle.fulfil(answer(0));
        oracle.fulfil(answer(1));
        assertPolicy(0, ICropInsurance.Status.Paid);
        assertPolicy(1, ICropInsurance.Status.Declined);
    }

    function test_revocationVoidsBoth() public {
        setStatus(IModelRegistry.VersionStatus.Revoked);
        IInferenceOracle.Fulfilment memory proven = answer(0);
        vm.expectRevert(abi.encodeWithSelector(IInferenceVerifier.VersionRefused_Revoked.selector, MODEL, uint32(1)));
        oracle.fulfil(proven);
        insurance.close(0);
        insurance.close(1);
        assertPolicy(0, ICropInsurance.Status.Void);
        assertEq(insurance.creditOf(farmer), 2 * uint256(PREMIUM), "both premiums");
        assertEq(insurance.feeCreditOf(farmer), PROVER_FEE, "the fee under way");
        vm.prank(farmer);
        insurance.collectFees(payable(other));
        assertEq(other.balance, 1 ether + PROVER_FEE, "through the oracle");
    }

    function test_unansweredClaimIsRefundedByTheOracle() public {
        vm.warp(CLAIM_TIME + 1 days + 1);
        IInferenceOracle.Fulfilment memory late = answer(0);
        expectRefusal(0, IInferenceOracle.Outcome.DeadlinePassed);
        oracle.fulfil(late);
        insurance.reopen(0);
        assertPolicy(0, ICropInsurance.Status.Active);
        assertEq(insurance.feeCreditOf(farmer), PROVER_FEE, "fee");
    }
}

/// @title What each step costs, as transactions of their own
/// forge-config: default.isolate = true
contract CropInsuranceGasTest is OracleDeployed, Farm {
    function setUp() public override {
        super.setUp();
        open(oracle, MODEL);
    }

    function test_season() public {
        provide(other, 10 ether);
        provide(provider, 100 ether);
        measured("deposit");
        buy(farmer);
        buy(farmer);
        measured("buy");
        buy(farmer);
        vm.prank(provider);
        insurance.withdraw(1 ether, provider, provider);
        measured("withdraw");
        vm.warp(CLAIM_TIME);
        claim(0, answer(0).statement[0]);
        claim(1, answer(1).statement[0]);
        measured("claim");
        oracle.fulfil(answer(0));
        measured("fulfil of the oracle, policy paid");
        oracle.fulfil(answer(1));
        measured("fulfil of the oracle, policy declined");
        vm.prank(farmer);
        insurance.collect(farmer);
        measured("collect");
        claim(2, answer(2).statement[0]);
        vm.warp(CLAIM_TIME + 2 days);
        insurance.reopen(2);
        measured("reopen");
        vm.prank(farmer);
        insurance.collectFees(payable(farmer));
        measured("collectFees");
        vm.warp(CLAIMS_END + 1);
        insurance.close(2);
        measured("close");
        uint256 shares = insurance.balanceOf(provider);
        vm.prank(provider);
        insurance.redeem(shares, provider, provider);
        measured("redeem");
    }

    function measured(string memory name) private {
        vm.snapshotGasLastCall("CropInsurance", name);
    }
}
