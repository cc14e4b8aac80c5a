// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {Provenance} from "../src/Provenance.sol";
import {IProvenance} from "../src/interfaces/IProvenance.sol";
import {Assertions} from "./utils/Assertions.sol";
import {vm} from "./utils/Vm.sol";

/// @title What provenance costs, as transactions of their own
/// forge-config: default.isolate = true
contract ProvenanceGasTest is Assertions {
    Provenance private provenance = new Provenance();
    bytes32[] private _ids;

    function test_gas() public {
        _record("dataset/training.npz", 0);
        vm.snapshotGasLastCall("Provenance", "record, first of its subject and issuer");
        _record("dataset/licence.txt", 0);
        vm.snapshotGasLastCall("Provenance", "record");
        _record("run.json", 2);
        vm.snapshotGasLastCall("Provenance", "record with 2 links");
        vm.prank(vm.addr(1));
        provenance.revoke(_ids[0]);
        vm.snapshotGasLastCall("Provenance", "revoke");
    }

    function _record(string memory uri, uint256 links) private {
        bytes32[] memory ids = new bytes32[](links);
        if (links == 2) (ids[0], ids[1]) = _ids[0] < _ids[1] ? (_ids[0], _ids[1]) : (_ids[1], _ids[0]);
        IProvenance.ProvenanceRecord memory statement = IProvenance.ProvenanceRecord({
            kind: IProvenance.Kind.Dataset,
            subject: bytes32(uint256(1)),
            contentHash: keccak256(bytes(uri)),
            links: ids,
            uri: uri,
            issuer: vm.addr(1),
            issuedAt: 1
        });
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(1, provenance.digestOf(statement));
        _ids.push(provenance.record(statement, abi.encodePacked(r, s, v)));
    }
}
