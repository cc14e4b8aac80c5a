// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @title A contract account with one key, as ERC-1271 has it
contract Wallet {
    address private _key;

    constructor(address key) {
        _key = key;
    }

    function setKey(address key) external {
        _key = key;
    }

    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        (address signer,,) = ECDSA.tryRecover(hash, signature);
        return signer == _key ? this.isValidSignature.selector : bytes4(0xffffffff);
    }

    function call(address target, bytes calldata data) external {
        (bool done, bytes memory reason) = target.call(data);
        if (done) return;
        assembly {
            revert(add(reason, 32), mload(reason))
        }
    }
}

/// @title A contract that signs nothing: it reverts, or burns all gas it gets
contract NoWallet {
    bool private immutable _burns;

    constructor(bool burns) {
        _burns = burns;
    }

    function isValidSignature(bytes32, bytes calldata) external view returns (bytes4) {
        if (_burns) while (true) {}
        revert("never");
    }
}
