// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {Provenance} from "../src/Provenance.sol";
import {IProvenance} from "../src/interfaces/IProvenance.sol";
import {Assertions} from "./utils/Assertions.sol";
import {vm} from "./utils/Vm.sol";
import {NoWallet, Wallet} from "./utils/Wallets.sol";

/// @title Records are what their issuers signed, once, in an order without cycles
contract ProvenanceTest is Assertions {
    uint256 private constant KEY = 0xa11ce;
    uint256 private constant OTHER_KEY = 0xb0b;
    uint256 private constant CURVE_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
    bytes32 private constant DATA = keccak256("data");

    Provenance private provenance = new Provenance();
    address private issuer = vm.addr(KEY);
    bytes32 private version = provenance.subjectOf(address(0x7e9), 1, 2);

    function setUp() public {
        vm.warp(1_800_000_000);
    }

    function test_anyoneSubmitsWhatTheIssuerSigned() public {
        IProvenance.ProvenanceRecord memory statement = _statement("a");
        bytes32 id = provenance.idOf(statement);
        bytes memory signature = _sign(KEY, statement);
        vm.expectEmit(address(provenance));
        emit IProvenance.Recorded(id, version, issuer, IProvenance.Kind.Dataset, DATA);
        vm.prank(address(0xbeef));
        assertEq(provenance.record(statement, signature), id, "id");

        (IProvenance.ProvenanceRecord memory kept, bytes memory keptSignature, IProvenance.RecordState memory state) =
            provenance.getRecord(id);
        assertEq(abi.encode(kept), abi.encode(statement), "the record, whole");
        assertEq(keptSignature, signature, "its signature");
        assertEq(uint256(state.recordedAt), block.timestamp, "time");
        assertEq(uint256(state.revokedAt), 0, "not revoked");
        assertEq(abi.encode(provenance.stateOf(id)), abi.encode(state), "state");
        assertTrue(provenance.isStanding(id), "stands");
    }

    function test_idsAndDigestsAreThoseOfEip712() public view {
        IProvenance.ProvenanceRecord memory statement = _statement("ipfs://data");
        statement.links = new bytes32[](2);
        statement.links[0] = bytes32(uint256(1));
        statement.links[1] = bytes32(uint256(2));
        bytes32 id = keccak256(
            bytes.concat(
                keccak256(
                    "ProvenanceRecord(uint8 kind,bytes32 subject,bytes32 contentHash,bytes32[] links,string uri,address issuer,uint64 issuedAt)"
                ),
                bytes32(uint256(1)),
                version,
                DATA,
                keccak256(abi.encodePacked(uint256(1), uint256(2))),
                keccak256("ipfs://data"),
                bytes32(uint256(uint160(issuer))),
                bytes32(uint256(statement.issuedAt))
            )
        );
        assertEq(provenance.idOf(statement), id, "id");
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("zkserve provenance"),
                keccak256("1"),
                block.chainid,
                address(provenance)
            )
        );
        assertEq(provenance.digestOf(statement), keccak256(abi.encodePacked("\x19\x01", domain, id)), "digest");
    }

    /// @dev Attack: a record in the name of someone who did not sign it.
    function test_refusesAForeignIssuer() public {
        IProvenance.ProvenanceRecord memory statement = _statement("a");
        _refused(statement, _sign(OTHER_KEY, statement), issuer);
        bytes memory signature = _sign(KEY, statement);
        statement.issuer = vm.addr(OTHER_KEY);
        _refused(statement, signature, statement.issuer);
        statement.issuer = address(0);
        _refused(statement, signature, address(0));
    }

    /// @dev Attack: a signature given for one chain is used on another.
    function test_refusesReplayOnAnotherChain() public {
        IProvenance.ProvenanceRecord memory statement = _statement("a");
        bytes memory signature = _sign(KEY, statement);
        vm.chainId(10);
        _refused(statement, signature, issuer);
    }

    /// @dev Attack: a signature given for one contract is used at another.
    function test_refusesReplayAtAnotherContract() public {
        IProvenance.ProvenanceRecord memory statement = _statement("a");
        bytes memory signature = _sign(KEY, statement);
        Provenance other = new Provenance();
        vm.expectRevert(abi.encodeWithSelector(IProvenance.SignatureInvalid.selector, issuer));
        other.record(statement, signature);
    }

    /// @dev Attack: the other signature of the same key and message, (r, n - s).
    function test_refusesTheMalleatedSignature() public {
        IProvenance.ProvenanceRecord memory statement = _statement("a");
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY, provenance.digestOf(statement));
        bytes memory twin = abi.encodePacked(r, bytes32(CURVE_ORDER - uint256(s)), v == 27 ? uint8(28) : uint8(27));
        _refused(statement, twin, issuer);
        _refused(statement, "", issuer);
        _refused(statement, abi.encodePacked(r, s, v, uint8(0)), issuer);
    }

    /// @dev Attack: anything in a signed record is changed.
    function test_refusesAnyChange(uint256 field, uint256 change) public {
        IProvenance.ProvenanceRecord memory statement = _statement("a");
        statement.links = new bytes32[](1);
        statement.links[0] = _record(_statement("first"));
        bytes memory signature = _sign(KEY, statement);
        if (change == 0) change = 1;
        field %= 6;
        if (field == 0) statement.kind = IProvenance.Kind(2 + (change % 6));
        else if (field == 1) statement.subject ^= bytes32(change);
        else if (field == 2) statement.contentHash ^= bytes32(change);
        else if (field == 3) statement.links = new bytes32[](0);
        else if (field == 4) statement.uri = string.concat("a", vm.toString(change));
        else statement.issuedAt -= uint64(1 + (change % 1000));
        _refused(statement, signature, issuer);
    }

    /// @dev Attack: the same record twice, by another submitter or with another good signature.
    function test_recordsOnce() public {
        Wallet wallet = new Wallet(issuer);
        IProvenance.ProvenanceRecord memory statement = _statement("a");
        statement.issuer = address(wallet);
        bytes32 id = provenance.record(statement, _sign(KEY, statement));
        wallet.setKey(vm.addr(OTHER_KEY));
        bytes memory again = _sign(OTHER_KEY, statement);
        vm.expectRevert(abi.encodeWithSelector(IProvenance.AlreadyRecorded.selector, id));
        provenance.record(statement, again);
        assertEq(provenance.count(version), 1, "one");
    }

    /// @dev Attack: someone submits the record before its issuer does. It stands all the same, in the issuer's name.
    function test_aSubmissionThatIsOvertakenLosesNothing() public {
        IProvenance.ProvenanceRecord memory statement = _statement("a");
        bytes memory signature = _sign(KEY, statement);
        vm.prank(address(0xbad));
        bytes32 id = provenance.record(statement, signature);
        vm.expectRevert(abi.encodeWithSelector(IProvenance.AlreadyRecorded.selector, id));
        provenance.record(statement, signature);
        (IProvenance.ProvenanceRecord memory kept,,) = provenance.getRecord(id);
        assertEq(kept.issuer, issuer, "issuer");
        vm.prank(address(0xbad));
        vm.expectRevert(abi.encodeWithSelector(IProvenance.NotIssuer.selector, id, address(0xbad)));
        provenance.revoke(id);
    }

    /// @dev Attack: a cycle. A link must be here first, and putting one in afterwards changes the id.
    function test_linksLeadBackOnly() public {
        IProvenance.ProvenanceRecord memory first = _statement("first");
        IProvenance.ProvenanceRecord memory second = _statement("second");
        second.links = new bytes32[](1);
        second.links[0] = provenance.idOf(first);
        bytes memory signature = _sign(KEY, second);
        vm.expectRevert(abi.encodeWithSelector(IProvenance.RecordNotFound.selector, second.links[0]));
        provenance.record(second, signature);

        first.links = new bytes32[](1);
        first.links[0] = provenance.idOf(second);
        assertTrue(provenance.idOf(first) != second.links[0], "another id");
        bytes memory firstSignature = _sign(KEY, first);
        vm.expectRevert(abi.encodeWithSelector(IProvenance.RecordNotFound.selector, first.links[0]));
        provenance.record(first, firstSignature);
    }

    function test_linksAscend() public {
        IProvenance.ProvenanceRecord memory statement = _statement("third");
        bytes32 a = _record(_statement("a"));
        bytes32 b = _record(_statement("b"));
        (bytes32 low, bytes32 high) = a < b ? (a, b) : (b, a);
        statement.links = new bytes32[](2);
        (statement.links[0], statement.links[1]) = (high, low);
        _reverts(statement, abi.encodeWithSelector(IProvenance.LinksNotAscending.selector));
        statement.links[0] = low;
        _reverts(statement, abi.encodeWithSelector(IProvenance.LinksNotAscending.selector));
        statement.links[1] = high;
        assertTrue(provenance.isStanding(_record(statement)), "recorded");
    }

    /// @dev Attack: standing on what was taken back.
    function test_refusesLinksToRevokedRecords() public {
        bytes32 first = _record(_statement("first"));
        IProvenance.ProvenanceRecord memory before = _statement("before");
        before.links = new bytes32[](1);
        before.links[0] = first;
        bytes32 earlier = _record(before);
        vm.prank(issuer);
        provenance.revoke(first);
        IProvenance.ProvenanceRecord memory later = _statement("later");
        later.links = before.links;
        _reverts(later, abi.encodeWithSelector(IProvenance.LinkRevoked.selector, first));
        assertTrue(provenance.isStanding(earlier), "what linked before stays");
    }

    function test_onlyTheIssuerRevokesAndOnce() public {
        IProvenance.ProvenanceRecord memory statement = _statement("a");
        bytes32 id = _record(statement);
        vm.expectRevert(abi.encodeWithSelector(IProvenance.NotIssuer.selector, id, address(this)));
        provenance.revoke(id);
        vm.warp(block.timestamp + 5);
        vm.expectEmit(address(provenance));
        emit IProvenance.Revoked(id, issuer);
        vm.prank(issuer);
        provenance.revoke(id);
        assertFalse(provenance.isStanding(id), "revoked");
        assertEq(uint256(provenance.stateOf(id).revokedAt), 1_800_000_005, "when");
        vm.prank(issuer);
        vm.expectRevert(abi.encodeWithSelector(IProvenance.AlreadyRevoked.selector, id));
        provenance.revoke(id);
        // Attack: recording it again would hide the revocation.
        _reverts(statement, abi.encodeWithSelector(IProvenance.AlreadyRecorded.selector, id));
    }

    function test_namesRecordsThatAreNotHere() public {
        bytes memory refusal = abi.encodeWithSelector(IProvenance.RecordNotFound.selector, DATA);
        vm.expectRevert(refusal);
        provenance.revoke(DATA);
        vm.expectRevert(refusal);
        provenance.getRecord(DATA);
        assertFalse(provenance.isStanding(DATA), "nothing stands");
        assertEq(provenance.stateOf(DATA).pointer, address(0), "no pointer");
    }

    function test_contractsVouchByErc1271() public {
        Wallet wallet = new Wallet(issuer);
        IProvenance.ProvenanceRecord memory statement = _statement("a");
        statement.issuer = address(wallet);
        _refused(statement, _sign(OTHER_KEY, statement), address(wallet));
        bytes32 id = provenance.record(statement, _sign(KEY, statement));
        // The wallet's owner alone is not the wallet.
        vm.prank(issuer);
        vm.expectRevert(abi.encodeWithSelector(IProvenance.NotIssuer.selector, id, issuer));
        provenance.revoke(id);
        // Another key later changes nothing about what was vouched for.
        wallet.setKey(address(1));
        assertTrue(provenance.isStanding(id), "stands");
        wallet.call(address(provenance), abi.encodeCall(provenance.revoke, (id)));
        assertFalse(provenance.isStanding(id), "revoked");
    }

    /// @dev Attack: an issuer's contract that reverts or eats the gas of whoever submits.
    function test_contractsThatDoNotAnswerVouchForNothing() public {
        IProvenance.ProvenanceRecord memory statement = _statement("a");
        statement.issuer = address(new NoWallet(false));
        _refused(statement, "", statement.issuer);
        statement.issuer = address(new NoWallet(true));
        (bool done,) =
            address(provenance).call{gas: 3_000_000}(abi.encodeCall(provenance.record, (statement, bytes(""))));
        assertFalse(done, "refused");
        statement.issuer = address(provenance); // has code, but not that function
        _refused(statement, "", statement.issuer);
    }

    function test_refusesWhatSaysNothing() public {
        IProvenance.ProvenanceRecord memory statement = _statement("a");
        bytes memory refusal = abi.encodeWithSelector(IProvenance.EmptyRecord.selector);
        statement.kind = IProvenance.Kind.None;
        _reverts(statement, refusal);
        statement = _statement("a");
        statement.subject = 0;
        _reverts(statement, refusal);
        statement = _statement("a");
        statement.contentHash = 0;
        _reverts(statement, refusal);
    }

    function test_refusesWhatIsTooLarge() public {
        bytes memory refusal = abi.encodeWithSelector(IProvenance.RecordTooLarge.selector);
        IProvenance.ProvenanceRecord memory statement = _statement(string(new bytes(1025)));
        _reverts(statement, refusal);
        statement = _statement("a");
        statement.links = new bytes32[](33);
        _reverts(statement, refusal);
        statement = _statement("a");
        vm.expectRevert(refusal);
        provenance.record(statement, new bytes(4097));
        assertTrue(provenance.isStanding(_record(_statement(string(new bytes(1024))))), "the longest");
    }

    function test_refusesTheFuture() public {
        IProvenance.ProvenanceRecord memory statement = _statement("a");
        statement.issuedAt = uint64(block.timestamp + 1);
        _reverts(statement, abi.encodeWithSelector(IProvenance.IssuedInFuture.selector, statement.issuedAt));
        statement.issuedAt = type(uint64).max;
        _reverts(statement, abi.encodeWithSelector(IProvenance.IssuedInFuture.selector, statement.issuedAt));
        vm.warp(block.timestamp + 1);
        statement.issuedAt = uint64(block.timestamp);
        assertTrue(provenance.isStanding(_record(statement)), "now");
    }

    function test_pagesWhatWasRecorded(uint256 from, uint256 limit) public {
        bytes32[] memory ids = new bytes32[](5);
        for (uint256 i; i < 5; ++i) {
            ids[i] = _record(_statement(vm.toString(i)));
        }
        assertEq(provenance.count(version), 5, "count");
        assertEq(provenance.page(DATA, 0, 9).length, 0, "another subject");
        from %= 8;
        if (limit > 8) limit = type(uint256).max;
        bytes32[] memory found = provenance.page(version, from, limit);
        uint256 rest = from < 5 ? 5 - from : 0;
        assertEq(found.length, limit < rest ? limit : rest, "length");
        for (uint256 i; i < found.length; ++i) {
            assertEq(found[i], ids[from + i], "in order");
        }
    }

    /// @dev Attack: a subject's list is filled with junk. Each issuer's own list stays as it is.
    function test_strangersCannotCrowdAnIssuerOut() public {
        bytes32 id = _record(_statement("a"));
        for (uint256 i; i < 20; ++i) {
            IProvenance.ProvenanceRecord memory junk = _statement(vm.toString(i));
            junk.issuer = vm.addr(OTHER_KEY);
            provenance.record(junk, _sign(OTHER_KEY, junk));
        }
        assertEq(provenance.count(version), 21, "all");
        assertEq(provenance.countBy(version, issuer), 1, "own");
        bytes32[] memory own = provenance.pageBy(version, issuer, 0, 100);
        assertEq(own.length, 1, "one");
        assertEq(own[0], id, "the issuer's");
    }

    function test_subjectsTellVersionsApart(address registry, uint256 modelId, uint32 number) public {
        bytes32 subject = provenance.subjectOf(registry, modelId, number);
        bytes32 expected =
            keccak256(abi.encode(keccak256("zkserve model version"), block.chainid, registry, modelId, number));
        assertEq(subject, expected, "as documented");
        assertTrue(subject != provenance.subjectOf(registry, modelId, number ^ 1), "another version");
        assertTrue(subject != provenance.subjectOf(registry, modelId ^ 1, number), "another model");
        vm.chainId(block.chainid + 1);
        assertTrue(subject != provenance.subjectOf(registry, modelId, number), "another chain");
    }

    function _statement(string memory uri) private view returns (IProvenance.ProvenanceRecord memory) {
        return IProvenance.ProvenanceRecord({
            kind: IProvenance.Kind.Dataset,
            subject: version,
            contentHash: DATA,
            links: new bytes32[](0),
            uri: uri,
            issuer: issuer,
            issuedAt: 1_799_999_000
        });
    }

    function _sign(uint256 key, IProvenance.ProvenanceRecord memory statement) private view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, provenance.digestOf(statement));
        return abi.encodePacked(r, s, v);
    }

    function _record(IProvenance.ProvenanceRecord memory statement) private returns (bytes32) {
        return provenance.record(statement, _sign(KEY, statement));
    }

    function _refused(IProvenance.ProvenanceRecord memory statement, bytes memory signature, address who) private {
        vm.expectRevert(abi.encodeWithSelector(IProvenance.SignatureInvalid.selector, who));
        provenance.record(statement, signature);
    }

    /// @dev Well signed, and refused for this reason.
    function _reverts(IProvenance.ProvenanceRecord memory statement, bytes memory reason) private {
        bytes memory signature = _sign(KEY, statement);
        vm.expectRevert(reason);
        provenance.record(statement, signature);
    }
}
