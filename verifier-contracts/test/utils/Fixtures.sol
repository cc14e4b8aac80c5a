// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IInferenceVerifier} from "../../src/interfaces/IInferenceVerifier.sol";
import {vm} from "./Vm.sol";

/// @title What is read from the fixtures' JSON, by path
library Fixtures {
    /// @dev The path of an element of a group of proofs.
    function element(string memory group, uint256 index) internal pure returns (string memory) {
        return string.concat(".proofs.", group, "[", vm.toString(index), "]");
    }

    function proofAt(string memory json, string memory path) internal pure returns (uint256[8] memory proof) {
        uint256[] memory words = vm.parseJsonUintArray(json, string.concat(path, ".proof"));
        for (uint256 i; i < 8; ++i) {
            proof[i] = words[i];
        }
    }

    function statementAt(string memory json, string memory path) internal pure returns (uint256[] memory) {
        return vm.parseJsonUintArray(json, string.concat(path, ".statement"));
    }

    function inferenceAt(string memory json, string memory path)
        internal
        pure
        returns (IInferenceVerifier.Inference memory)
    {
        return IInferenceVerifier.Inference({
            proof: proofAt(json, path),
            statement: statementAt(json, path),
            requester: vm.parseJsonAddress(json, string.concat(path, ".requester")),
            nonce: vm.parseJsonUint(json, string.concat(path, ".nonce"))
        });
    }
}
