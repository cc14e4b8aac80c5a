// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IInferenceValidator} from "../src/interfaces/IInferenceValidator.sol";
import {IModelRegistry} from "../src/interfaces/IModelRegistry.sol";
import {AgentsDeployed} from "./utils/AgentsDeployed.sol";
import {vm} from "./utils/Vm.sol";

/// @title What the agents' contracts cost, as transactions of their own
/// @notice Compared with snapshots/agents.json. Descriptions are 101 bytes.
/// forge-config: default.isolate = true
contract AgentsGasTest is AgentsDeployed {
    function test_identity() public {
        vm.prank(buyer);
        identities.register("https://agent.example/.well-known/agent-registration.json");
        vm.snapshotGasLastCall("agents", "register");
        vm.prank(seller);
        identities.setAgentURI(1, "https://agent.example/.well-known/agent-registration.json");
        vm.snapshotGasLastCall("agents", "setAgentURI");
        vm.prank(seller);
        identities.setMetadata(1, "agentName", "digits");
        vm.snapshotGasLastCall("agents", "setMetadata");
        vm.prank(seller);
        identities.unsetAgentWallet(1);
        vm.snapshotGasLastCall("agents", "unsetAgentWallet");
    }

    function test_setAgentWallet() public {
        address wallet = vm.addr(WALLET_KEY);
        uint256 deadline = block.timestamp + 1 minutes;
        bytes memory consent = consentOf(1, wallet, seller, deadline);
        vm.prank(seller);
        identities.setAgentWallet(1, wallet, deadline, consent);
        vm.snapshotGasLastCall("agents", "setAgentWallet");
    }

    function test_validation() public {
        IInferenceValidator.Claim memory claim = claimOf(1);
        bytes32 hash = validator.requestHashOf(claim);
        vm.prank(seller);
        validations.validationRequest(address(validator), 1, "https://agent.example/claims/1", hash);
        vm.snapshotGasLastCall("agents", "validationRequest");
        Proven memory proven = fixture("validations", 0);
        validator.respond(claim, proven.proof);
        vm.snapshotGasLastCall("agents", "respond");
    }

    function test_validationResponse() public {
        vm.prank(seller);
        validations.validationRequest(anyone, 1, "", keccak256("work"));
        vm.prank(anyone);
        validations.validationResponse(keccak256("work"), 100, "", 0, "soft");
        vm.snapshotGasLastCall("agents", "validationResponse");
    }

    function test_job() public {
        uint256 jobId = create(0, address(0));
        vm.snapshotGasLastCall("agents", "createJob");
        vm.prank(buyer);
        commerce.setProvider(jobId, seller, "");
        vm.snapshotGasLastCall("agents", "setProvider");
        vm.prank(seller);
        commerce.setBudget(jobId, PRICE, "");
        vm.snapshotGasLastCall("agents", "setBudget");
        vm.prank(buyer);
        commerce.fund(jobId, PRICE, "");
        vm.snapshotGasLastCall("agents", "fund");
        vm.prank(seller);
        commerce.submit(jobId, keccak256("answer"), "");
        vm.snapshotGasLastCall("agents", "submit");
        deliver(jobId, fixture("jobs", 0));
        uint256 gas = vm.snapshotGasLastCall("agents", "deliver");
        assertTrue(gas <= 400_000, "a delivery costs at most 400,000 gas");
    }

    function test_complete() public {
        vm.startPrank(buyer);
        uint256 jobId = commerce.createJob(seller, buyer, block.timestamp + 1 hours, "", address(0));
        commerce.setBudget(jobId, PRICE, "");
        commerce.fund(jobId, PRICE, "");
        vm.stopPrank();
        vm.prank(seller);
        commerce.submit(jobId, 0, "");
        vm.prank(buyer);
        commerce.complete(jobId, 0, "");
        vm.snapshotGasLastCall("agents", "complete");
    }

    function test_refunds() public {
        uint256 open = create(0, seller);
        uint256 expiring = createAndFund(0, seller);
        uint256 late = createAndSubmit(1, seller);
        uint256 revoked = createAndSubmit(0, seller);
        vm.prank(buyer);
        commerce.reject(open, 0, "");
        vm.snapshotGasLastCall("agents", "reject of an open job");
        setStatus(IModelRegistry.VersionStatus.Revoked);
        uint256[] memory input = inputOf(0);
        evaluator.rejectRevoked(revoked, MODEL, 1, input);
        vm.snapshotGasLastCall("agents", "rejectRevoked");
        vm.warp(block.timestamp + 1 hours);
        commerce.claimRefund(expiring);
        vm.snapshotGasLastCall("agents", "claimRefund");
        evaluator.rejectExpired(late);
        vm.snapshotGasLastCall("agents", "rejectExpired");
    }
}
