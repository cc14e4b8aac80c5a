// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {PaymentToken} from "../../src/PaymentToken.sol";
import {vm} from "./Vm.sol";

/// @title Authorisations of ERC-3009 as their signers make them, written from the ERC's text
abstract contract PaymentAuthorization {
    struct Authorization {
        address from;
        address to;
        uint256 value;
        uint256 validAfter;
        uint256 validBefore;
        bytes32 nonce;
    }

    function sign(PaymentToken token, Authorization memory auth, uint256 key) internal view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digestOf(token, auth));
        return abi.encodePacked(r, s, v);
    }

    function submit(PaymentToken token, Authorization memory auth, bytes memory signature) internal {
        token.transferWithAuthorization(
            auth.from, auth.to, auth.value, auth.validAfter, auth.validBefore, auth.nonce, signature
        );
    }

    function digestOf(PaymentToken token, Authorization memory auth) internal view returns (bytes32) {
        // keccak256 of the type's text, as the ERC tells it.
        return _digest(
            token,
            keccak256(abi.encode(bytes32(0x7c7c6cdb67a18743f49ec6fa9b35f50d52ed05cbed4cc592e13b44501c1a2267), auth))
        );
    }

    function receiveDigestOf(PaymentToken token, Authorization memory auth) internal view returns (bytes32) {
        return _digest(
            token,
            keccak256(abi.encode(bytes32(0xd099cc98ef71107a616c4f0f941f04c322d8e254fe26b3c6668db87aae413de8), auth))
        );
    }

    function cancelDigestOf(PaymentToken token, address authorizer, bytes32 nonce) internal view returns (bytes32) {
        bytes32 typeHash = 0x158b0a9edf7a828aad02f63cd515c68ef2f50ba807396f6d12842833a1597429;
        return _digest(token, keccak256(abi.encode(typeHash, authorizer, nonce)));
    }

    function _digest(PaymentToken token, bytes32 message) private view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256(bytes(token.name())),
                keccak256("1"),
                block.chainid,
                address(token)
            )
        );
        return keccak256(abi.encodePacked(hex"1901", domain, message));
    }
}
