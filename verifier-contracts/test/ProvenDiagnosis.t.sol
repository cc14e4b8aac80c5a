// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {ProvenDiagnosis} from "../src/ProvenDiagnosis.sol";
import {IERCZKMLVerifier} from "../src/interfaces/IERCZKMLVerifier.sol";
import {IInferenceVerifier} from "../src/interfaces/IInferenceVerifier.sol";
import {IModelRegistry} from "../src/interfaces/IModelRegistry.sol";
import {IProvenDiagnosis} from "../src/interfaces/IProvenDiagnosis.sol";
import {Bn254} from "../src/libraries/Bn254.sol";
import {Practice} from "./utils/Practice.sol";
import {vm} from "./utils/Vm.sol";
import {NoWallet, Wallet} from "./utils/Wallets.sol";

/// @title Findings are noted once, about attested records, for whom the patient allowed it
contract ProvenDiagnosisTest is Practice {
    function test_notesAFindingAbove() public {
        bytes32 consentId = ask(consentFor("above"));
        assertStatus(consentId, IProvenDiagnosis.Status.Asked);
        vm.expectEmit(address(diagnosis));
        emit IProvenDiagnosis.FindingRecorded(consentId, clinic, true);
        assertTrue(diagnosis.deliver(fixture("above")), "above");
        assertStatus(consentId, IProvenDiagnosis.Status.Above);
    }

    function test_notesAFindingBelow() public {
        bytes32 consentId = ask(consentFor("below"));
        assertFalse(diagnosis.deliver(fixture("below")), "below");
        assertStatus(consentId, IProvenDiagnosis.Status.Below);
    }

    function test_tellsWhatItAwaits() public {
        IProvenDiagnosis.Consent memory consent = consentFor("above");
        bytes32 consentId = diagnosis.consentHash(consent);
        assertEq(uint256(consentId), fixture("above").nonce, "id as TypeScript computes it");
        vm.expectEmit(address(diagnosis));
        emit IProvenDiagnosis.FindingRequested(consentId, clinic, patient, consent.record, deadline);
        ask(consent);
    }

    /// @dev The statement is the commitment and one bit: nothing else of the record is public.
    function test_statementHoldsNothingElse() public view {
        assertEq(fixture("above").statement.length, 2, "signals");
        assertEq(fixture("above").statement[1], 1, "flag");
        assertEq(fixture("below").statement[1], 0, "flag");
    }

    function test_needsAModelThatHidesItsInputAndShowsOneWord() public {
        bytes memory key =
            vm.parseJsonBytes(vm.readFile("verifier-contracts/test/fixtures/proofs.json"), ".keys.model");
        publish(modelOwner, key, 1, 2);
        publish(modelOwner, key, 2, 1);
        for (uint256 model = 2; model <= 4; ++model) {
            refuseModel(model);
        }
        setStatus(IModelRegistry.VersionStatus.Deprecated);
        refuseModel(1);
    }

    function refuseModel(uint256 model) private {
        bytes memory reason = abi.encodeWithSelector(IProvenDiagnosis.ModelUnsuitable.selector, model, uint32(1));
        assertDeploymentReverts("ProvenDiagnosis", abi.encode(verifier, model, 1, rival), reason);
    }

    function test_attackStrangerAsks() public {
        IProvenDiagnosis.Consent memory consent = consentFor("above");
        (bytes memory a, bytes memory b) = (attest(consent), sign(patientKey, diagnosis.consentHash(consent)));
        vm.expectRevert(abi.encodeWithSelector(IProvenDiagnosis.NotClinic.selector, clinic, rival));
        vm.prank(rival);
        diagnosis.ask(consent, a, b);

        consent.clinic = rival;
        bytes32 consentId = diagnosis.consentHash(consent);
        vm.expectRevert(abi.encodeWithSelector(IProvenDiagnosis.ConsentNotSigned.selector, consentId));
        vm.prank(rival);
        diagnosis.ask(consent, a, b);
    }

    /// @dev Neither another's patient nor a record that nobody attested.
    function test_attackMadeUpRecord() public {
        IProvenDiagnosis.Consent memory consent = consentFor("above");
        bytes memory a = attest(consent);
        consent.record = bytes32(uint256(42));
        bytes memory b = sign(patientKey, diagnosis.consentHash(consent));
        vm.expectRevert(abi.encodeWithSelector(IProvenDiagnosis.RecordNotAttested.selector, consent.record, patient));
        vm.prank(clinic);
        diagnosis.ask(consent, a, b);
    }

    function test_attackRecordOfAnother() public {
        IProvenDiagnosis.Consent memory consent = consentFor("above");
        bytes memory a = attest(consent);
        consent.patient = vm.addr(0xbad);
        bytes memory b = sign(0xbad, diagnosis.consentHash(consent));
        vm.expectRevert(
            abi.encodeWithSelector(IProvenDiagnosis.RecordNotAttested.selector, consent.record, consent.patient)
        );
        vm.prank(clinic);
        diagnosis.ask(consent, a, b);
    }

    function test_attackReplayedConsent() public {
        IProvenDiagnosis.Consent memory consent = consentFor("above");
        bytes32 consentId = ask(consent);
        (bytes memory a, bytes memory b) = (attest(consent), sign(patientKey, consentId));
        vm.expectRevert(notReady(consentId, IProvenDiagnosis.Status.Asked));
        vm.prank(clinic);
        diagnosis.ask(consent, a, b);
        diagnosis.deliver(fixture("above"));
        vm.expectRevert(notReady(consentId, IProvenDiagnosis.Status.Above));
        vm.prank(clinic);
        diagnosis.ask(consent, a, b);
    }

    function test_attackSignaturesForAnotherContractOrChain() public {
        IProvenDiagnosis.Consent memory consent = consentFor("above");
        (bytes memory a, bytes memory b) = (attest(consent), sign(patientKey, diagnosis.consentHash(consent)));
        ProvenDiagnosis other = new ProvenDiagnosis(verifier, 1, 1, vm.addr(LABORATORY_KEY));
        vm.expectRevert(abi.encodeWithSelector(IProvenDiagnosis.RecordNotAttested.selector, consent.record, patient));
        vm.prank(clinic);
        other.ask(consent, a, b);
        vm.chainId(1);
        vm.expectRevert(abi.encodeWithSelector(IProvenDiagnosis.RecordNotAttested.selector, consent.record, patient));
        vm.prank(clinic);
        diagnosis.ask(consent, a, b);
    }

    function test_attackExpiredConsent() public {
        IProvenDiagnosis.Consent memory consent = consentFor("above");
        bytes32 consentId = diagnosis.consentHash(consent);
        (bytes memory a, bytes memory b) = (attest(consent), sign(patientKey, consentId));
        vm.warp(deadline + 1);
        vm.expectRevert(abi.encodeWithSelector(IProvenDiagnosis.ConsentExpired.selector, consentId));
        vm.prank(clinic);
        diagnosis.ask(consent, a, b);
    }

    function test_attackLateProof() public {
        bytes32 consentId = ask(consentFor("above"));
        IInferenceVerifier.Inference memory proof = fixture("above");
        vm.warp(deadline + 1);
        vm.expectRevert(abi.encodeWithSelector(IProvenDiagnosis.ConsentExpired.selector, consentId));
        diagnosis.deliver(proof);
        vm.warp(deadline);
        diagnosis.deliver(proof);
    }

    function test_attackWithdrawnConsent() public {
        IProvenDiagnosis.Consent memory consent = consentFor("above");
        bytes32 consentId = ask(consent);
        vm.expectEmit(address(diagnosis));
        emit IProvenDiagnosis.ConsentWithdrawn(consentId, patient);
        vm.prank(patient);
        diagnosis.withdrawConsent(consent);
        IInferenceVerifier.Inference memory proof = fixture("above");
        vm.expectRevert(notReady(consentId, IProvenDiagnosis.Status.Withdrawn));
        diagnosis.deliver(proof);
        vm.expectRevert(notReady(consentId, IProvenDiagnosis.Status.Withdrawn));
        vm.prank(patient);
        diagnosis.withdrawConsent(consent);
    }

    function test_consentIsWithdrawnBeforeItIsUsed() public {
        IProvenDiagnosis.Consent memory consent = consentFor("above");
        bytes32 consentId = diagnosis.consentHash(consent);
        (bytes memory a, bytes memory b) = (attest(consent), sign(patientKey, consentId));
        vm.prank(patient);
        diagnosis.withdrawConsent(consent);
        vm.expectRevert(notReady(consentId, IProvenDiagnosis.Status.Withdrawn));
        vm.prank(clinic);
        diagnosis.ask(consent, a, b);
    }

    function test_attackWithdrawalByAnother() public {
        IProvenDiagnosis.Consent memory consent = consentFor("above");
        ask(consent);
        vm.expectRevert(abi.encodeWithSelector(IProvenDiagnosis.NotPatient.selector, patient, clinic));
        vm.prank(clinic);
        diagnosis.withdrawConsent(consent);
    }

    function test_findingsStay() public {
        IProvenDiagnosis.Consent memory consent = consentFor("above");
        bytes32 consentId = ask(consent);
        diagnosis.deliver(fixture("above"));
        vm.expectRevert(notReady(consentId, IProvenDiagnosis.Status.Above));
        vm.prank(patient);
        diagnosis.withdrawConsent(consent);
    }

    /// @dev Copied calldata from another account delivers the same finding, once.
    function test_attackCopiedCalldata() public {
        bytes32 consentId = ask(consentFor("above"));
        IInferenceVerifier.Inference memory proof = fixture("above");
        vm.prank(rival);
        diagnosis.deliver(proof);
        vm.expectRevert(notReady(consentId, IProvenDiagnosis.Status.Above));
        diagnosis.deliver(proof);
        // re-randomised: (-A, -B, C)
        proof.proof[1] = Bn254.Q - proof.proof[1];
        proof.proof[4] = Bn254.Q - proof.proof[4];
        proof.proof[5] = Bn254.Q - proof.proof[5];
        vm.expectRevert(notReady(consentId, IProvenDiagnosis.Status.Above));
        diagnosis.deliver(proof);
    }

    function test_attackUnaskedProof() public {
        IInferenceVerifier.Inference memory proof = fixture("above");
        vm.expectRevert(notReady(bytes32(proof.nonce), IProvenDiagnosis.Status.None));
        diagnosis.deliver(proof);
    }

    /// @dev Proven for the right consent, about another record.
    function test_attackProofAboutAnotherRecord() public {
        IProvenDiagnosis.Consent memory consent = consentFor("above");
        ask(consent);
        IInferenceVerifier.Inference memory other = fixture("otherRecord");
        vm.expectRevert(
            abi.encodeWithSelector(IProvenDiagnosis.WrongRecord.selector, consent.record, other.statement[0])
        );
        diagnosis.deliver(other);
    }

    function test_attackForgedFindings() public {
        ask(consentFor("above"));
        IInferenceVerifier.Inference memory forged = fixture("above");
        forged.statement[1] = 0;
        expectInvalid(forged);
        forged = fixture("otherRecord");
        forged.statement[0] = fixture("above").statement[0];
        expectInvalid(forged);
        expectInvalid(fixture("otherChain"));
        forged = fixture("otherContract");
        vm.expectRevert(abi.encodeWithSelector(IInferenceVerifier.NotRequester.selector, clinic, address(diagnosis)));
        diagnosis.deliver(forged);
        forged.requester = address(diagnosis);
        expectInvalid(forged);
        forged = fixture("above");
        forged.statement[0] += Bn254.R;
        vm.expectRevert(IInferenceVerifier.SignalOutOfField.selector);
        diagnosis.deliver(forged);
    }

    function test_attackRevokedVersion() public {
        ask(consentFor("above"));
        setStatus(IModelRegistry.VersionStatus.Deprecated);
        setStatus(IModelRegistry.VersionStatus.Revoked);
        IInferenceVerifier.Inference memory proof = fixture("above");
        vm.expectRevert(
            abi.encodeWithSelector(IInferenceVerifier.VersionRefused_Revoked.selector, uint256(1), uint32(1))
        );
        diagnosis.deliver(proof);
    }

    function test_deprecationStrandsNobody() public {
        bytes32 consentId = ask(consentFor("above"));
        setStatus(IModelRegistry.VersionStatus.Deprecated);
        diagnosis.deliver(fixture("above"));
        assertStatus(consentId, IProvenDiagnosis.Status.Above);
    }

    /// @dev A laboratory of several signers, and a patient whose account is a contract.
    function test_contractsSign() public {
        Wallet laboratory = new Wallet(vm.addr(LABORATORY_KEY));
        diagnosis = new ProvenDiagnosis(verifier, 1, 1, address(laboratory));
        Wallet account = new Wallet(patient);
        IProvenDiagnosis.Consent memory consent = consentFor("above");
        consent.patient = address(account);
        bytes32 consentId = ask(consent);
        assertStatus(consentId, IProvenDiagnosis.Status.Asked);
        account.call(address(diagnosis), abi.encodeCall(diagnosis.withdrawConsent, (consent)));
        assertStatus(consentId, IProvenDiagnosis.Status.Withdrawn);
    }

    /// @dev A signer that reverts or eats gas costs its own clinic's transaction, and nobody else.
    function test_attackSignerThatEatsGas() public {
        for (uint256 i; i < 2; ++i) {
            IProvenDiagnosis.Consent memory consent = consentFor("above");
            consent.patient = address(new NoWallet(i == 1));
            bytes memory a = attest(consent);
            vm.prank(clinic);
            (bool taken,) = address(diagnosis).call{gas: 1_000_000}(abi.encodeCall(diagnosis.ask, (consent, a, "")));
            assertFalse(taken, "taken");
        }
        ask(consentFor("above"));
    }

    function expectInvalid(IInferenceVerifier.Inference memory forged) private {
        vm.expectRevert(IERCZKMLVerifier.InvalidProof.selector);
        diagnosis.deliver(forged);
    }
}

/// @title What each step costs, as transactions of their own
/// forge-config: default.isolate = true
contract ProvenDiagnosisGasTest is Practice {
    function test_finding() public {
        bytes32 consentId = ask(consentFor("above"));
        vm.snapshotGasLastCall("ProvenDiagnosis", "ask");
        diagnosis.deliver(fixture("above"));
        vm.snapshotGasLastCall("ProvenDiagnosis", "deliver");
        assertStatus(consentId, IProvenDiagnosis.Status.Above);
        IProvenDiagnosis.Consent memory other = consentFor("below");
        ask(other);
        vm.prank(patient);
        diagnosis.withdrawConsent(other);
        vm.snapshotGasLastCall("ProvenDiagnosis", "withdrawConsent");
    }
}
