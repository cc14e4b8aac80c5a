// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {AgentIdentityRegistry} from "../../src/AgentIdentityRegistry.sol";
import {AgentValidationRegistry} from "../../src/AgentValidationRegistry.sol";
import {AgenticCommerce} from "../../src/AgenticCommerce.sol";
import {InferenceEvaluator} from "../../src/InferenceEvaluator.sol";
import {InferenceValidator} from "../../src/InferenceValidator.sol";
import {IERC8183} from "../../src/interfaces/IERC8183.sol";
import {IInferenceValidator} from "../../src/interfaces/IInferenceValidator.sol";
import {Fixtures} from "./Fixtures.sol";
import {MutableToken} from "./MutableToken.sol";
import {VerifierDeployed} from "./VerifierDeployed.sol";
import {vm} from "./Vm.sol";

/// @title The agents' contracts at the addresses for which the proofs in agents.json are made
/// @notice Agent 1 is the seller's, agent 2 the rival's. Proof i of `jobs` answers job i + 1 of the seller's.
abstract contract AgentsDeployed is VerifierDeployed {
    using Fixtures for string;

    string internal fixtures = vm.readFile("verifier-contracts/test/fixtures/agents.json");
    address internal seller = vm.parseJsonAddress(fixtures, ".seller");
    address internal rival = vm.parseJsonAddress(fixtures, ".rival");
    bytes internal modelKey = vm.parseJsonBytes(fixtures, ".keys.model");
    bytes internal otherKey = vm.parseJsonBytes(fixtures, ".keys.otherModel");
    address internal constant buyer = address(0xb0e4);
    address internal constant anyone = address(0xa17);

    uint256 internal constant PRICE = 5e6;
    uint256 internal constant WALLET_KEY = 0xa11e7;

    MutableToken internal token;
    AgenticCommerce internal commerce;
    InferenceEvaluator internal evaluator;
    AgentIdentityRegistry internal identities;
    AgentValidationRegistry internal validations;
    InferenceValidator internal validator;

    /// @dev A proof of the fixtures.
    struct Proven {
        uint256[8] proof;
        uint256[] statement;
    }

    function setUp() public virtual {
        vm.warp(1_800_000_000);
        deployVerifier();
        publish(deployer, modelKey, 1, 2);
        token = new MutableToken();
        startDeployment(4);
        commerce = new AgenticCommerce(token);
        vm.stopPrank();
        startDeployment(5);
        evaluator = new InferenceEvaluator(verifier, commerce);
        vm.stopPrank();
        startDeployment(6);
        identities = new AgentIdentityRegistry();
        vm.stopPrank();
        startDeployment(7);
        validations = new AgentValidationRegistry(identities);
        vm.stopPrank();
        startDeployment(8);
        validator = new InferenceValidator(verifier, validations);
        vm.stopPrank();
        assertEq(address(evaluator), vm.parseJsonAddress(fixtures, ".evaluator"), "evaluator's address");
        assertEq(address(validator), vm.parseJsonAddress(fixtures, ".validator"), "validator's address");

        vm.prank(seller);
        identities.register("https://seller.example/agent.json");
        vm.prank(rival);
        identities.register("https://rival.example/agent.json");
        token.mint(buyer, 100 * PRICE);
        vm.prank(buyer);
        token.approve(address(commerce), type(uint256).max);
    }

    function fixture(string memory group, uint256 index) internal view returns (Proven memory) {
        string memory path = Fixtures.element(group, index);
        return Proven(fixtures.proofAt(path), fixtures.statementAt(path));
    }

    /// @dev What agent `agentId` has validated.
    function claimOf(uint256 agentId) internal view returns (IInferenceValidator.Claim memory claim) {
        string memory path = Fixtures.element("validations", agentId - 1);
        claim.agentId = agentId;
        claim.modelId = MODEL;
        claim.version = 1;
        claim.statement = fixture("validations", agentId - 1).statement;
        claim.salt = vm.parseJsonBytes32(fixtures, string.concat(path, ".salt"));
    }

    /// @dev What the key of a wallet signs to be this agent's (EIP-712).
    function consentOf(uint256 agentId, address newWallet, address owner, uint256 deadline)
        internal
        view
        returns (bytes memory)
    {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("ERC8004IdentityRegistry"),
                keccak256("1"),
                block.chainid,
                address(identities)
            )
        );
        bytes32 message = keccak256(
            abi.encode(
                keccak256("AgentWalletSet(uint256 agentId,address newWallet,address owner,uint256 deadline)"),
                agentId,
                newWallet,
                owner,
                deadline
            )
        );
        (uint8 v, bytes32 r, bytes32 s) =
            vm.sign(WALLET_KEY, keccak256(abi.encodePacked("\x19\x01", domain, message)));
        return abi.encodePacked(r, s, v);
    }

    function inputOf(uint256 index) internal view returns (uint256[] memory input) {
        input = new uint256[](1);
        input[0] = fixture("jobs", index).statement[0];
    }

    /// @dev A job about the input of `jobs[index]`, open for an hour.
    function create(uint256 index, address provider) internal returns (uint256 jobId) {
        string memory description =
            string.concat(evaluator.describe(MODEL, 1, inputOf(index)), "\nWhich digit is this?");
        vm.prank(buyer);
        jobId = commerce.createJob(provider, address(evaluator), block.timestamp + 1 hours, description, address(0));
    }

    function createAndFund(uint256 index, address provider) internal returns (uint256 jobId) {
        jobId = create(index, provider);
        vm.prank(provider);
        commerce.setBudget(jobId, PRICE, "");
        vm.prank(buyer);
        commerce.fund(jobId, PRICE, "");
    }

    function createAndSubmit(uint256 index, address provider) internal returns (uint256 jobId) {
        jobId = createAndFund(index, provider);
        vm.prank(provider);
        commerce.submit(jobId, keccak256("answer"), "");
    }

    function deliver(uint256 jobId, Proven memory proven) internal {
        evaluator.deliver(jobId, MODEL, 1, proven.proof, proven.statement);
    }

    function statusOf(uint256 jobId) internal view returns (IERC8183.JobStatus) {
        return commerce.getJob(jobId).status;
    }

    function assertStatus(uint256 jobId, IERC8183.JobStatus expected) internal view {
        assertEq(uint256(statusOf(jobId)), uint256(expected), "status");
    }

    /// @dev What is escrowed, and what provider and client have.
    function assertBalances(uint256 escrowed, uint256 ofSeller, uint256 ofBuyer) internal view {
        assertEq(token.balanceOf(address(commerce)), escrowed, "escrow");
        assertEq(token.balanceOf(seller), ofSeller, "seller");
        assertEq(token.balanceOf(buyer), ofBuyer, "buyer");
    }
}
