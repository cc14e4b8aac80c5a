// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IERC8004IdentityRegistry as Identity} from "../src/interfaces/IERC8004IdentityRegistry.sol";
import {IERC8004ValidationRegistry as Validation} from "../src/interfaces/IERC8004ValidationRegistry.sol";
import {IERC8183} from "../src/interfaces/IERC8183.sol";
import {AgentsDeployed} from "./utils/AgentsDeployed.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

/// @title Functions and events are those of the ERCs' texts
/// @dev ERC-8004 as of ethereum/ERCs 2395308, ERC-8183 as of 08ca997, types and indexing of the latter as in its
///      authors' reference.
contract AgentStandardsTest is AgentsDeployed {
    bytes4 private constant REGISTER = bytes4(keccak256("register()"));
    bytes4 private constant REGISTER_URI = bytes4(keccak256("register(string)"));
    bytes4 private constant REGISTER_ALL = bytes4(keccak256("register(string,(string,bytes)[])"));

    function test_identityRegistryIsTheTexts() public view {
        assertEq(
            bytes32(type(Identity).interfaceId),
            bytes32(
                REGISTER ^ REGISTER_URI ^ REGISTER_ALL ^ _selector("setAgentURI(uint256,string)")
                    ^ _selector("getMetadata(uint256,string)") ^ _selector("setMetadata(uint256,string,bytes)")
                    ^ _selector("setAgentWallet(uint256,address,uint256,bytes)")
                    ^ _selector("getAgentWallet(uint256)") ^ _selector("unsetAgentWallet(uint256)")
            ),
            "functions"
        );
        assertEq(Identity.Registered.selector, keccak256("Registered(uint256,string,address)"), "Registered");
        assertEq(Identity.URIUpdated.selector, keccak256("URIUpdated(uint256,string,address)"), "URIUpdated");
        assertEq(Identity.MetadataSet.selector, keccak256("MetadataSet(uint256,string,string,bytes)"), "MetadataSet");
        assertTrue(IERC165(address(identities)).supportsInterface(0x80ac58cd), "ERC-721");
        assertTrue(IERC165(address(identities)).supportsInterface(0x5b5e139f), "ERC-721 metadata");
    }

    function test_validationRegistryIsTheTexts() public pure {
        assertEq(
            bytes32(type(Validation).interfaceId),
            bytes32(
                _selector("getIdentityRegistry()") ^ _selector("validationRequest(address,uint256,string,bytes32)")
                    ^ _selector("validationResponse(bytes32,uint8,string,bytes32,string)")
                    ^ _selector("getValidationStatus(bytes32)") ^ _selector("getSummary(uint256,address[],string)")
                    ^ _selector("getAgentValidations(uint256)") ^ _selector("getValidatorRequests(address)")
            ),
            "functions"
        );
        assertEq(
            Validation.ValidationRequest.selector,
            keccak256("ValidationRequest(address,uint256,string,bytes32)"),
            "ValidationRequest"
        );
        assertEq(
            Validation.ValidationResponse.selector,
            keccak256("ValidationResponse(address,uint256,bytes32,uint8,string,bytes32,string)"),
            "ValidationResponse"
        );
    }

    function test_escrowIsTheTexts() public pure {
        assertEq(
            bytes32(type(IERC8183).interfaceId),
            bytes32(
                _selector("createJob(address,address,uint256,string,address)")
                    ^ _selector("setProvider(uint256,address,bytes)") ^ _selector("setBudget(uint256,uint256,bytes)")
                    ^ _selector("fund(uint256,uint256,bytes)") ^ _selector("submit(uint256,bytes32,bytes)")
                    ^ _selector("complete(uint256,bytes32,bytes)") ^ _selector("reject(uint256,bytes32,bytes)")
                    ^ _selector("claimRefund(uint256)") ^ _selector("getJob(uint256)")
            ),
            "functions"
        );
        assertEq(IERC8183.JobCreated.selector, keccak256("JobCreated(uint256,address,address,address,uint256)"), "1");
        assertEq(IERC8183.ProviderSet.selector, keccak256("ProviderSet(uint256,address)"), "ProviderSet");
        assertEq(IERC8183.BudgetSet.selector, keccak256("BudgetSet(uint256,uint256)"), "BudgetSet");
        assertEq(IERC8183.JobFunded.selector, keccak256("JobFunded(uint256,address,uint256)"), "JobFunded");
        assertEq(IERC8183.JobSubmitted.selector, keccak256("JobSubmitted(uint256,address,bytes32)"), "JobSubmitted");
        assertEq(IERC8183.JobCompleted.selector, keccak256("JobCompleted(uint256,address,bytes32)"), "JobCompleted");
        assertEq(IERC8183.JobRejected.selector, keccak256("JobRejected(uint256,address,bytes32)"), "JobRejected");
        assertEq(IERC8183.JobExpired.selector, keccak256("JobExpired(uint256)"), "JobExpired");
        assertEq(IERC8183.PaymentReleased.selector, keccak256("PaymentReleased(uint256,address,uint256)"), "paid");
        assertEq(IERC8183.Refunded.selector, keccak256("Refunded(uint256,address,uint256)"), "Refunded");
    }

    function _selector(string memory signature) private pure returns (bytes4) {
        return bytes4(keccak256(bytes(signature)));
    }
}
