// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IERCZKMLVerifier} from "../src/interfaces/IERCZKMLVerifier.sol";
import {IInferenceVerifier} from "../src/interfaces/IInferenceVerifier.sol";
import {IModelRegistry} from "../src/interfaces/IModelRegistry.sol";
import {IProvenDigit} from "../src/interfaces/IProvenDigit.sol";
import {Bn254} from "../src/libraries/Bn254.sol";
import {Deployed} from "./utils/Deployed.sol";
import {vm} from "./utils/Vm.sol";

/// @title The consumer acts on a proven answer once, and on nothing else
contract ProvenDigitTest is Deployed {
    function test_storesTheProvenDigit() public {
        uint256 nonce = provenDigit.request(0);
        IInferenceVerifier.Inference memory inference = fixture("provenDigit", 0);
        vm.expectEmit(address(provenDigit));
        emit IProvenDigit.DigitProven(0, 3, bytes32(inference.statement[0]));
        assertEq(provenDigit.accept(inference), 3, "digit");
        IProvenDigit.Request memory answered = provenDigit.getRequest(nonce);
        assertEq(uint256(answered.status), uint256(IProvenDigit.Status.Answered), "status");
        assertEq(answered.digit, 3, "stored digit");
    }

    function test_answersForTheRightPictureOnly() public {
        IInferenceVerifier.Inference memory first = fixture("provenDigit", 0);
        IInferenceVerifier.Inference memory second = fixture("provenDigit", 1);
        provenDigit.request(bytes32(second.statement[0]));
        provenDigit.request(bytes32(second.statement[0]));
        vm.expectRevert(
            abi.encodeWithSelector(
                IProvenDigit.WrongPicture.selector, bytes30(bytes32(second.statement[0])), first.statement[0]
            )
        );
        provenDigit.accept(first);
        assertEq(provenDigit.accept(second), 9, "digit");
    }

    function test_answersOnce() public {
        provenDigit.request(0);
        IInferenceVerifier.Inference memory inference = fixture("provenDigit", 0);
        provenDigit.accept(inference);
        bytes memory refusal =
            abi.encodeWithSelector(IProvenDigit.RequestNotOpen.selector, 0, IProvenDigit.Status.Answered);
        vm.expectRevert(refusal);
        provenDigit.accept(inference);
        // re-randomised: (-A, -B, C)
        inference.proof[1] = Bn254.Q - inference.proof[1];
        inference.proof[4] = Bn254.Q - inference.proof[4];
        inference.proof[5] = Bn254.Q - inference.proof[5];
        vm.expectRevert(refusal);
        provenDigit.accept(inference);
    }

    function test_neverAnswersWhatWasNotAsked() public {
        vm.expectRevert(abi.encodeWithSelector(IProvenDigit.RequestNotOpen.selector, 0, IProvenDigit.Status.None));
        provenDigit.accept(fixture("provenDigit", 0));
    }

    function test_refusesForgeries() public {
        provenDigit.request(0);
        IInferenceVerifier.Inference memory inference = fixture("provenDigit", 0);
        inference.statement[1] += 1 << 32;
        vm.expectRevert(IERCZKMLVerifier.InvalidProof.selector);
        provenDigit.accept(inference);

        inference = fixture("provenDigit", 0);
        inference.proof = fixture("otherModel", 0).proof;
        vm.expectRevert(IERCZKMLVerifier.InvalidProof.selector);
        provenDigit.accept(inference);

        inference = fixture("provenDigit", 0);
        inference.statement[0] += Bn254.R;
        vm.expectRevert(IInferenceVerifier.SignalOutOfField.selector);
        provenDigit.accept(inference);

        inference = fixture("consumer", 0);
        vm.expectRevert(
            abi.encodeWithSelector(IInferenceVerifier.NotRequester.selector, consumer, address(provenDigit))
        );
        provenDigit.accept(inference);

        provenDigit.request(0);
        inference = fixture("provenDigit", 0);
        inference.nonce = 1;
        vm.expectRevert(IERCZKMLVerifier.InvalidProof.selector);
        provenDigit.accept(inference);
    }

    /// @dev A new version by the model's owner does not change what the consumer trusts.
    function test_keepsToItsVersion() public {
        provenDigit.request(0);
        vm.prank(deployer);
        registry.updateModel(MODEL, commitmentTo(otherKey));
        assertEq(provenDigit.accept(fixture("provenDigit", 0)), 3, "digit by version 1");
    }

    function test_stopsWhenItsVersionIsRevoked() public {
        provenDigit.request(0);
        vm.prank(deployer);
        registry.setVersionStatus(MODEL, 1, IModelRegistry.VersionStatus.Revoked);
        vm.expectRevert(abi.encodeWithSelector(IInferenceVerifier.VersionRefused_Revoked.selector, MODEL, uint32(1)));
        provenDigit.accept(fixture("provenDigit", 0));
    }
}
