// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {GuardedPayments} from "../src/GuardedPayments.sol";
import {IERCZKMLVerifier} from "../src/interfaces/IERCZKMLVerifier.sol";
import {IGuardedPayments} from "../src/interfaces/IGuardedPayments.sol";
import {IInferenceVerifier} from "../src/interfaces/IInferenceVerifier.sol";
import {IModelRegistry} from "../src/interfaces/IModelRegistry.sol";
import {Bn254} from "../src/libraries/Bn254.sol";
import {Fixtures} from "./utils/Fixtures.sol";
import {Purse} from "./utils/Purse.sol";
import {VerifierDeployed} from "./utils/VerifierDeployed.sol";
import {vm} from "./utils/Vm.sol";

/// @title Payments decided by real proofs of fraud-risk
abstract contract ProvenPayments is Purse, VerifierDeployed {
    using Fixtures for string;

    string internal fixtures = vm.readFile("verifier-contracts/test/fixtures/payments.json");
    address internal modelOwner = address(0xa11ce);

    function setUp() public {
        vm.warp(NOW);
        deployVerifier();
        publish(modelOwner, vm.parseJsonBytes(fixtures, ".key"), 1, 1);
        int32 threshold = int32(int256(vm.parseJsonUint(fixtures, ".threshold")));
        startDeployment(2);
        payments = new GuardedPayments(termsFor(address(verifier), threshold));
        vm.stopPrank();
        assertEq(address(payments), vm.parseJsonAddress(fixtures, ".payments"), "contract's address");
        open();
    }

    function fixture(string memory name) internal view returns (IInferenceVerifier.Inference memory) {
        return fixtures.inferenceAt(string.concat(".", name));
    }
}

/// @title What the model says decides, and nothing else passes
contract GuardedPaymentsProvenTest is ProvenPayments {
    /// @dev The features that TypeScript computed are those of the contract, else the proof would be stale.
    function test_provenHarmlessPaymentIsReleased() public {
        uint256 paymentId = harmless();
        assertTrue(payments.settle(fixture("harmless")), "released");
        assertPayment(paymentId, IGuardedPayments.Status.Released);
    }

    function test_provenSuspiciousPaymentIsHeld() public {
        harmless();
        uint256 paymentId = stolen();
        assertFalse(payments.settle(fixture("stolen")), "held");
        assertPayment(paymentId, IGuardedPayments.Status.Held);
    }

    function test_attackProofBeforeABurst() public {
        uint256 paymentId = harmless();
        IInferenceVerifier.Inference memory proof = fixture("harmless");
        stolen();
        vm.expectRevert(
            abi.encodeWithSelector(
                IGuardedPayments.StaleFeatures.selector, payments.featuresOf(paymentId), proof.statement[0]
            )
        );
        payments.settle(proof);
    }

    function test_attackAnotherPaymentsFeatures() public {
        harmless();
        uint256 paymentId = stolen();
        IInferenceVerifier.Inference memory proof = fixture("otherPayment");
        vm.expectRevert(
            abi.encodeWithSelector(
                IGuardedPayments.StaleFeatures.selector, payments.featuresOf(paymentId), proof.statement[0]
            )
        );
        payments.settle(proof);
    }

    function test_attackForgeries() public {
        harmless();
        stolen();
        IInferenceVerifier.Inference memory forged = fixture("stolen");
        forged.statement[1] = 0;
        expectInvalid(forged);
        forged = fixture("otherPayment");
        forged.statement[0] = payments.featuresOf(2);
        expectInvalid(forged);
        forged = fixture("harmless");
        forged.nonce = 2;
        expectInvalid(forged);
        expectInvalid(fixture("otherChain"));
        forged = fixture("otherContract");
        forged.requester = address(payments);
        expectInvalid(forged);
        forged = fixture("stolen");
        forged.statement[1] += Bn254.R;
        vm.expectRevert(IInferenceVerifier.SignalOutOfField.selector);
        payments.settle(forged);
    }

    function test_attackProofForAnotherContract() public {
        harmless();
        IInferenceVerifier.Inference memory foreign = fixture("otherContract");
        vm.expectRevert(
            abi.encodeWithSelector(IInferenceVerifier.NotRequester.selector, foreign.requester, address(payments))
        );
        payments.settle(foreign);
    }

    /// @dev Whoever copies the call settles the same payment for the same payee.
    function test_attackCopiedCalldata() public {
        harmless();
        IInferenceVerifier.Inference memory proof = fixture("harmless");
        vm.prank(thief);
        payments.settle(proof);
        assertEq(payments.creditOf(thief), 0, "the copier gets nothing");
        proof.proof[1] = Bn254.Q - proof.proof[1];
        proof.proof[4] = Bn254.Q - proof.proof[4];
        proof.proof[5] = Bn254.Q - proof.proof[5];
        vm.expectRevert(notReady(1, IGuardedPayments.Status.Released));
        payments.settle(proof);
        assertEq(payments.creditOf(shop), 2 * uint256(SMALL), "paid once");
    }

    /// @dev No money is stuck: owner and delay do without the model.
    function test_attackRevokedVersion() public {
        uint256 paymentId = harmless();
        vm.prank(modelOwner);
        registry.setVersionStatus(1, 1, IModelRegistry.VersionStatus.Revoked);
        IInferenceVerifier.Inference memory proof = fixture("harmless");
        vm.expectRevert(
            abi.encodeWithSelector(IInferenceVerifier.VersionRefused_Revoked.selector, uint256(1), uint32(1))
        );
        payments.settle(proof);
        vm.prank(owner);
        payments.confirm(paymentId);
    }

    function test_deprecationStrandsNobody() public {
        harmless();
        vm.prank(modelOwner);
        registry.setVersionStatus(1, 1, IModelRegistry.VersionStatus.Deprecated);
        assertTrue(payments.settle(fixture("harmless")), "released");
    }

    function expectInvalid(IInferenceVerifier.Inference memory forged) private {
        vm.expectRevert(IERCZKMLVerifier.InvalidProof.selector);
        payments.settle(forged);
    }
}

/// @title What each step costs, as transactions of their own
/// forge-config: default.isolate = true
contract GuardedPaymentsGasTest is ProvenPayments {
    function test_payments() public {
        vm.deal(shop, 1 ether);
        vm.prank(shop);
        payments.open{value: 1 ether}(shop);
        measured("open");
        vm.warp(NOW + 30 days);
        pay(shop, SMALL);
        measured("pay");
        vm.prank(owner);
        payments.confirm(0);
        measured("confirm");
        vm.warp(NOW + 40 days + 2 hours);
        pay(shop, SMALL);
        payments.settle(fixture("harmless"));
        measured("settle, released");
        stolen();
        payments.settle(fixture("stolen"));
        measured("settle, held");
        vm.prank(owner);
        payments.takeBack(2);
        measured("takeBack");
        vm.prank(shop);
        payments.withdraw(shop);
        measured("withdraw");
        vm.deal(thief, 1 ether);
        vm.prank(thief);
        payments.deposit{value: 1 ether}(owner);
        measured("deposit");
        vm.prank(owner);
        payments.setSpender(address(0));
        measured("setSpender");
    }

    function measured(string memory name) private {
        vm.snapshotGasLastCall("GuardedPayments", name);
    }
}
