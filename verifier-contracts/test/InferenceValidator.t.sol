// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IAgentValidationRegistry} from "../src/interfaces/IAgentValidationRegistry.sol";
import {IERC8004ValidationRegistry} from "../src/interfaces/IERC8004ValidationRegistry.sol";
import {IERCZKMLVerifier} from "../src/interfaces/IERCZKMLVerifier.sol";
import {IInferenceValidator} from "../src/interfaces/IInferenceValidator.sol";
import {IInferenceVerifier} from "../src/interfaces/IInferenceVerifier.sol";
import {IModelRegistry} from "../src/interfaces/IModelRegistry.sol";
import {AgentsDeployed} from "./utils/AgentsDeployed.sol";
import {vm} from "./utils/Vm.sol";

/// @title Validations: who may ask, who may answer, and that the validator answers proofs alone
contract InferenceValidatorTest is AgentsDeployed {
    bytes32 private constant HASH = keccak256("request");

    function test_aProofIsAnsweredWhoeverSubmitsIt() public {
        IInferenceValidator.Claim memory claim = claimOf(1);
        bytes32 hash = _request(claim);
        assertEq(hash, vm.parseJsonBytes32(fixtures, ".proofs.validations[0].requestHash"), "as off chain");
        bytes32 responseHash = keccak256(abi.encodePacked(claim.statement));
        vm.expectEmit(address(validator));
        emit IInferenceValidator.ClaimProven(hash, 1, MODEL, 1, claim.statement);
        vm.expectEmit(address(validations));
        emit IERC8004ValidationRegistry.ValidationResponse(address(validator), 1, hash, 100, "", responseHash, "zkml");
        vm.prank(anyone);
        _respond(claim, "validations", 0);
        (address asked, uint256 agentId, uint8 response, bytes32 kept, string memory tag, uint256 time) =
            validations.getValidationStatus(hash);
        assertEq(asked, address(validator), "validator");
        assertEq(agentId, 1, "agent");
        assertEq(response, 100, "response");
        assertEq(kept, responseHash, "statement");
        assertEq(bytes(tag), "zkml", "tag");
        assertEq(time, block.timestamp, "time");
    }

    function test_aReplayOrSecondAnswerIsRefused() public {
        IInferenceValidator.Claim memory claim = claimOf(1);
        bytes32 hash = _request(claim);
        _respond(claim, "validations", 0);
        vm.expectRevert(abi.encodeWithSelector(IInferenceValidator.AlreadyAnswered.selector, hash));
        _respond(claim, "validations", 0);
    }

    function test_whatWasNotRequestedIsNotAnswered() public {
        IInferenceValidator.Claim memory claim = claimOf(1);
        bytes32 hash = validator.requestHashOf(claim);
        vm.expectRevert(abi.encodeWithSelector(IAgentValidationRegistry.RequestNotFound.selector, hash));
        _respond(claim, "validations", 0);
        vm.prank(seller);
        validations.validationRequest(anyone, 1, "", hash);
        vm.expectRevert(abi.encodeWithSelector(IInferenceValidator.NotRequested.selector, hash));
        _respond(claim, "validations", 0);
    }

    /// @dev A rival takes the hash that it saw pending: it gets no answer, and a new salt is all the seller needs.
    function test_aCopiedRequestGetsNoAnswer() public {
        IInferenceValidator.Claim memory claim = claimOf(1);
        bytes32 hash = validator.requestHashOf(claim);
        vm.prank(rival);
        validations.validationRequest(address(validator), 2, "", hash);
        vm.expectRevert(abi.encodeWithSelector(IInferenceValidator.NotRequested.selector, hash));
        _respond(claim, "validations", 0);
        vm.expectRevert(abi.encodeWithSelector(IAgentValidationRegistry.RequestExists.selector, hash));
        vm.prank(seller);
        validations.validationRequest(address(validator), 1, "", hash);
        claim.salt = keccak256("another salt");
        _request(claim);
    }

    function test_aProofForAnotherAgentIsRefused() public {
        IInferenceValidator.Claim memory claim = claimOf(2);
        _request(claim);
        vm.expectRevert(IERCZKMLVerifier.InvalidProof.selector);
        _respond(claim, "validations", 0);
        _respond(claim, "validations", 1);
    }

    function test_proofsOfOtherModelsChainsAndContractsAreRefused() public {
        IInferenceValidator.Claim memory claim = claimOf(1);
        _request(claim);
        string[3] memory groups = ["validationOtherModel", "validationOtherChain", "validationForEvaluator"];
        for (uint256 i; i < 3; ++i) {
            vm.expectRevert(IERCZKMLVerifier.InvalidProof.selector);
            _respond(claim, groups[i], 0);
        }
        vm.chainId(1);
        vm.expectRevert(IERCZKMLVerifier.InvalidProof.selector);
        _respond(claim, "validations", 0);
        _respond(claim, "validationOtherChain", 0);
    }

    function test_aChangedAnswerIsAnotherRequest() public {
        IInferenceValidator.Claim memory claim = claimOf(1);
        _request(claim);
        claim.statement[1] ^= 1;
        bytes32 hash = validator.requestHashOf(claim);
        vm.expectRevert(abi.encodeWithSelector(IAgentValidationRegistry.RequestNotFound.selector, hash));
        _respond(claim, "validations", 0);
        _request(claim);
        vm.expectRevert(IERCZKMLVerifier.InvalidProof.selector);
        _respond(claim, "validations", 0);
    }

    function test_aRevokedVersionIsNotValidated() public {
        IInferenceValidator.Claim memory claim = claimOf(1);
        _request(claim);
        setStatus(IModelRegistry.VersionStatus.Revoked);
        vm.expectRevert(abi.encodeWithSelector(IInferenceVerifier.VersionRefused_Revoked.selector, MODEL, uint32(1)));
        _respond(claim, "validations", 0);
    }

    function test_theAgentsOwnerAndOperatorsAloneAsk() public {
        vm.expectRevert(abi.encodeWithSelector(IAgentValidationRegistry.NotAgentOperator.selector, 1, anyone));
        vm.prank(anyone);
        validations.validationRequest(address(validator), 1, "", HASH);
        vm.prank(seller);
        identities.approve(anyone, 1);
        vm.prank(anyone);
        validations.validationRequest(address(validator), 1, "", HASH);
        vm.prank(seller);
        identities.setApprovalForAll(rival, true);
        vm.prank(rival);
        validations.validationRequest(address(validator), 1, "", keccak256("second"));
        vm.expectRevert(IAgentValidationRegistry.ValidatorMissing.selector);
        vm.prank(seller);
        validations.validationRequest(address(0), 1, "", keccak256("third"));
    }

    function test_theValidatorWhoWasAskedAloneResponds() public {
        vm.expectEmit(address(validations));
        emit IERC8004ValidationRegistry.ValidationRequest(anyone, 1, "ipfs://work", HASH);
        vm.prank(seller);
        validations.validationRequest(anyone, 1, "ipfs://work", HASH);
        vm.expectRevert(abi.encodeWithSelector(IAgentValidationRegistry.NotValidator.selector, HASH, seller));
        vm.prank(seller);
        validations.validationResponse(HASH, 100, "", 0, "");
        vm.startPrank(anyone);
        vm.expectRevert(abi.encodeWithSelector(IAgentValidationRegistry.ResponseTooHigh.selector, 101));
        validations.validationResponse(HASH, 101, "", 0, "");
        validations.validationResponse(HASH, 40, "", 0, "soft");
        validations.validationResponse(HASH, 80, "", 0, "hard"); // as often as it likes, says the text
        vm.stopPrank();
        (,, uint8 response,, string memory tag,) = validations.getValidationStatus(HASH);
        assertEq(response, 80, "the last one");
        assertEq(bytes(tag), "hard", "its tag");
        vm.expectRevert(abi.encodeWithSelector(IAgentValidationRegistry.RequestNotFound.selector, bytes32(0)));
        validations.validationResponse(0, 1, "", 0, "");
    }

    function test_summariesCountAnswersOfTheChosen() public {
        bytes32[3] memory hashes = [HASH, keccak256("second"), keccak256("third")];
        vm.startPrank(seller);
        validations.validationRequest(anyone, 1, "", hashes[0]);
        validations.validationRequest(buyer, 1, "", hashes[1]);
        validations.validationRequest(buyer, 1, "", hashes[2]); // never answered
        vm.stopPrank();
        vm.prank(anyone);
        validations.validationResponse(hashes[0], 100, "", 0, "a");
        vm.prank(buyer);
        validations.validationResponse(hashes[1], 51, "", 0, "b");
        address[] memory all;
        _expectSummary(all, "", 2, 75);
        _expectSummary(all, "b", 1, 51);
        _expectSummary(all, "c", 0, 0);
        address[] memory one = new address[](1);
        one[0] = anyone;
        _expectSummary(one, "", 1, 100);
        _expectSummary(one, "b", 0, 0);
        assertEq(validations.getAgentValidations(1).length, 3, "of the agent");
        assertEq(validations.getValidatorRequests(buyer).length, 2, "of the validator");
        assertEq(validations.getIdentityRegistry(), address(identities), "identities");
    }

    function _expectSummary(address[] memory by, string memory tag, uint64 count, uint8 average) private view {
        (uint64 actual, uint8 mean) = validations.getSummary(1, by, tag);
        assertEq(actual, count, "count");
        assertEq(mean, average, "mean");
    }

    function _request(IInferenceValidator.Claim memory claim) private returns (bytes32 hash) {
        hash = validator.requestHashOf(claim);
        vm.prank(claim.agentId == 1 ? seller : rival);
        validations.validationRequest(address(validator), claim.agentId, "https://claim.example", hash);
    }

    function _respond(IInferenceValidator.Claim memory claim, string memory group, uint256 index) private {
        validator.respond(claim, fixture(group, index).proof);
    }
}
