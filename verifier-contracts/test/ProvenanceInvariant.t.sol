// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {Provenance} from "../src/Provenance.sol";
import {IProvenance} from "../src/interfaces/IProvenance.sol";
import {Assertions} from "./utils/Assertions.sol";
import {vm} from "./utils/Vm.sol";

/// @title Three issuers, two subjects, and everything that anyone may try with them
contract Issuers {
    Provenance public immutable provenance = new Provenance();
    bytes32[] public ids;
    bytes32[] public hashes;
    mapping(bytes32 id => uint256) public revokedAt;

    function record(uint256 key, bool forged, bool second, uint8 kind, uint256 link, string calldata uri) external {
        IProvenance.ProvenanceRecord memory statement = IProvenance.ProvenanceRecord({
            kind: IProvenance.Kind(kind % 8),
            subject: bytes32(second ? uint256(2) : 1),
            contentHash: keccak256(bytes(uri)),
            links: new bytes32[](link % 2),
            uri: uri,
            issuer: vm.addr(1 + (key % 3)),
            issuedAt: uint64(block.timestamp)
        });
        if (link % 2 == 1) statement.links[0] = ids.length == 0 ? bytes32(link) : ids[link % ids.length];
        uint256 signer = 1 + (((key % 3) + (forged ? 1 : 0)) % 3);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(signer, provenance.digestOf(statement));
        try provenance.record(statement, abi.encodePacked(r, s, v)) returns (bytes32 id) {
            require(!forged && kind % 8 != 0, "accepted what it must refuse");
            ids.push(id);
            hashes.push(keccak256(abi.encode(statement)));
        } catch {}
    }

    function revoke(uint256 key, uint256 index) external {
        bytes32 id = ids.length == 0 ? bytes32(index) : ids[index % ids.length];
        vm.prank(vm.addr(1 + (key % 3)));
        try provenance.revoke(id) {
            require(revokedAt[id] == 0, "revoked twice");
            revokedAt[id] = block.timestamp;
        } catch {}
    }

    function pass(uint32 time) external {
        vm.warp(block.timestamp + (time % 1 days));
    }

    function count() external view returns (uint256) {
        return ids.length;
    }
}

/// @title Records stay as they were made, in their lists, revoked by their issuers and for good
/// forge-config: default.invariant.runs = 32
/// forge-config: release.invariant.runs = 500
contract ProvenanceInvariantTest is Assertions {
    Issuers private _issuers;
    Provenance private _provenance;

    function setUp() public {
        vm.warp(1_800_000_000);
        _issuers = new Issuers();
        _provenance = _issuers.provenance();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_issuers);
    }

    function invariant_recordsStay() public view {
        uint256[3] memory next;
        uint256[4][3] memory nextBy;
        for (uint256 i; i < _issuers.count(); ++i) {
            bytes32 id = _issuers.ids(i);
            (IProvenance.ProvenanceRecord memory kept,, IProvenance.RecordState memory state) =
                _provenance.getRecord(id);
            assertEq(keccak256(abi.encode(kept)), _issuers.hashes(i), "as it was made");
            assertEq(_provenance.idOf(kept), id, "by its id");
            assertEq(uint256(state.revokedAt), _issuers.revokedAt(id), "revoked as its issuer did");
            for (uint256 j; j < kept.links.length; ++j) {
                assertTrue(_provenance.stateOf(kept.links[j]).recordedAt <= state.recordedAt, "links lead back");
            }
            uint256 subject = uint256(kept.subject);
            uint256 issuer = kept.issuer == vm.addr(1) ? 1 : kept.issuer == vm.addr(2) ? 2 : 3;
            assertEq(_provenance.page(kept.subject, next[subject]++, 1)[0], id, "in the list");
            bytes32[] memory own = _provenance.pageBy(kept.subject, kept.issuer, nextBy[subject][issuer]++, 1);
            assertEq(own[0], id, "in the issuer's list");
        }
        assertEq(_provenance.count(bytes32(uint256(1))), next[1], "nothing else about the first");
        assertEq(_provenance.count(bytes32(uint256(2))), next[2], "nothing else about the second");
    }
}
