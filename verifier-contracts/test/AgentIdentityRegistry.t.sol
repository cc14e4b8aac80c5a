// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IAgentIdentityRegistry} from "../src/interfaces/IAgentIdentityRegistry.sol";
import {IERC8004IdentityRegistry} from "../src/interfaces/IERC8004IdentityRegistry.sol";
import {AgentsDeployed} from "./utils/AgentsDeployed.sol";
import {vm} from "./utils/Vm.sol";
import {Wallet} from "./utils/Wallets.sol";
import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";

/// @title Who may say what of an agent
contract AgentIdentityRegistryTest is AgentsDeployed {
    uint256 private constant AGENT = 1;
    address private wallet = vm.addr(WALLET_KEY);

    function test_registeringMintsToTheCaller() public {
        IERC8004IdentityRegistry.MetadataEntry[] memory metadata = new IERC8004IdentityRegistry.MetadataEntry[](1);
        metadata[0] = IERC8004IdentityRegistry.MetadataEntry("agentName", "digits");
        vm.expectEmit(address(identities));
        emit IERC721.Transfer(address(0), buyer, 3);
        vm.expectEmit(address(identities));
        emit IERC8004IdentityRegistry.MetadataSet(3, "agentWallet", "agentWallet", abi.encodePacked(buyer));
        vm.expectEmit(address(identities));
        emit IERC8004IdentityRegistry.MetadataSet(3, "agentName", "agentName", "digits");
        vm.expectEmit(address(identities));
        emit IERC8004IdentityRegistry.Registered(3, "ipfs://card", buyer);
        vm.prank(buyer);
        assertEq(identities.register("ipfs://card", metadata), 3, "id");
        assertEq(identities.ownerOf(3), buyer, "owner");
        assertEq(identities.getAgentWallet(3), buyer, "wallet");
        assertEq(bytes(identities.tokenURI(3)), "ipfs://card", "URI");
        assertEq(identities.getMetadata(3, "agentName"), "digits", "metadata");
    }

    function test_theUriMayComeLaterAndChange() public {
        vm.prank(buyer);
        uint256 agentId = identities.register();
        assertEq(bytes(identities.tokenURI(agentId)), "", "none yet");
        vm.expectEmit(address(identities));
        emit IERC8004IdentityRegistry.URIUpdated(agentId, "https://new.example", buyer);
        vm.prank(buyer);
        identities.setAgentURI(agentId, "https://new.example");
        assertEq(bytes(identities.tokenURI(agentId)), "https://new.example", "URI");
    }

    function test_onlyOwnerAndOperatorsSpeakForAnAgent() public {
        bytes memory refusal = abi.encodeWithSelector(IAgentIdentityRegistry.NotAgentOperator.selector, AGENT, anyone);
        vm.startPrank(anyone);
        vm.expectRevert(refusal);
        identities.setAgentURI(AGENT, "https://evil.example");
        vm.expectRevert(refusal);
        identities.setMetadata(AGENT, "agentName", "evil");
        vm.expectRevert(refusal);
        identities.unsetAgentWallet(AGENT);
        vm.expectRevert(refusal);
        identities.setAgentWallet(AGENT, anyone, block.timestamp, "");
        vm.stopPrank();
        vm.prank(seller);
        identities.setApprovalForAll(anyone, true);
        vm.prank(anyone);
        identities.setMetadata(AGENT, "agentName", "digits");
        assertEq(identities.getMetadata(AGENT, "agentName"), "digits", "operator");
        vm.prank(seller);
        identities.setApprovalForAll(anyone, false);
        vm.prank(seller);
        identities.approve(anyone, AGENT);
        vm.prank(anyone);
        identities.setAgentURI(AGENT, "https://operated.example");
    }

    function test_theWalletIsSetByItsConsentAlone() public {
        vm.expectRevert(IAgentIdentityRegistry.ReservedKey.selector);
        vm.prank(seller);
        identities.setMetadata(AGENT, "agentWallet", abi.encodePacked(wallet));
        IERC8004IdentityRegistry.MetadataEntry[] memory metadata = new IERC8004IdentityRegistry.MetadataEntry[](1);
        metadata[0] = IERC8004IdentityRegistry.MetadataEntry("agentWallet", abi.encodePacked(wallet));
        vm.expectRevert(IAgentIdentityRegistry.ReservedKey.selector);
        identities.register("", metadata);

        uint256 deadline = block.timestamp + 5 minutes;
        bytes memory consent = consentOf(AGENT, wallet, seller, deadline);
        vm.prank(seller);
        identities.setAgentWallet(AGENT, wallet, deadline, consent);
        assertEq(identities.getAgentWallet(AGENT), wallet, "wallet");
        assertEq(identities.getMetadata(AGENT, "agentWallet"), abi.encodePacked(wallet), "as metadata");
        vm.prank(seller);
        identities.unsetAgentWallet(AGENT);
        assertEq(identities.getAgentWallet(AGENT), address(0), "forgotten");
    }

    function test_aContractConsentsByErc1271() public {
        address contractWallet = address(new Wallet(wallet));
        bytes memory consent = consentOf(AGENT, contractWallet, seller, block.timestamp);
        vm.prank(seller);
        identities.setAgentWallet(AGENT, contractWallet, block.timestamp, consent);
        assertEq(identities.getAgentWallet(AGENT), contractWallet, "wallet");
    }

    function test_consentToAnotherAgentOwnerWalletTimeOrChainIsRefused() public {
        uint256 deadline = block.timestamp + 1 minutes;
        _expectNoConsent(wallet, deadline, consentOf(2, wallet, seller, deadline));
        _expectNoConsent(wallet, deadline, consentOf(AGENT, wallet, rival, deadline));
        _expectNoConsent(anyone, deadline, consentOf(AGENT, anyone, seller, deadline));
        _expectNoConsent(wallet, deadline, consentOf(AGENT, wallet, seller, deadline + 1));
        _expectNoConsent(address(0), deadline, "");
        bytes memory consent = consentOf(AGENT, wallet, seller, deadline);
        vm.chainId(1);
        _expectNoConsent(wallet, deadline, consent);
    }

    function test_consentHoldsForFiveMinutes() public {
        uint256 tooLate = block.timestamp + 5 minutes + 1;
        bytes memory consent = consentOf(AGENT, wallet, seller, tooLate);
        vm.expectRevert(abi.encodeWithSelector(IAgentIdentityRegistry.DeadlineInvalid.selector, tooLate));
        vm.prank(seller);
        identities.setAgentWallet(AGENT, wallet, tooLate, consent);
        vm.warp(tooLate + 1);
        vm.expectRevert(abi.encodeWithSelector(IAgentIdentityRegistry.DeadlineInvalid.selector, tooLate));
        vm.prank(seller);
        identities.setAgentWallet(AGENT, wallet, tooLate, consent);
    }

    function test_aTransferForgetsTheWallet() public {
        vm.expectEmit(address(identities));
        emit IERC8004IdentityRegistry.MetadataSet(AGENT, "agentWallet", "agentWallet", "");
        vm.prank(seller);
        identities.transferFrom(seller, buyer, AGENT);
        assertEq(identities.getAgentWallet(AGENT), address(0), "the old owner is paid no more");
    }

    function test_unknownAgentsHaveNothing() public {
        bytes memory unknown = abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, 9);
        vm.expectRevert(unknown);
        identities.getAgentWallet(9);
        vm.expectRevert(unknown);
        identities.getMetadata(9, "agentName");
        vm.expectRevert(unknown);
        identities.setAgentURI(9, "");
    }

    function _expectNoConsent(address newWallet, uint256 deadline, bytes memory signature) private {
        vm.expectRevert(abi.encodeWithSelector(IAgentIdentityRegistry.WalletNotConsenting.selector, newWallet));
        vm.prank(seller);
        identities.setAgentWallet(AGENT, newWallet, deadline, signature);
    }
}
