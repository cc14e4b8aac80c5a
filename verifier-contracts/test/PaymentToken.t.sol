// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {PaymentToken} from "../src/PaymentToken.sol";
import {IERC3009} from "../src/interfaces/IERC3009.sol";
import {Assertions} from "./utils/Assertions.sol";
import {PaymentAuthorization} from "./utils/PaymentAuthorization.sol";
import {vm} from "./utils/Vm.sol";

/// @title An account that is a contract: it takes signatures of one key (ERC-1271)
contract Wallet {
    address private immutable _owner;

    constructor(address owner) {
        _owner = owner;
    }

    function isValidSignature(bytes32 digest, bytes memory signature) external view returns (bytes4) {
        (bytes32 r, bytes32 s, uint8 v) = abi.decode(signature, (bytes32, bytes32, uint8));
        return ecrecover(digest, v, r, s) == _owner ? bytes4(0x1626ba7e) : bytes4(0);
    }
}

/// @title Tokens move as their holder signed it, once, and not otherwise
contract PaymentTokenTest is Assertions, PaymentAuthorization {
    uint256 private constant SUPPLY = 1_000_000e6;
    uint256 private constant KEY = 0xa11ce;

    address private immutable _payer = vm.addr(KEY);
    address private constant PAYEE = address(0xbeef);
    address private constant THIEF = address(0x7417);

    PaymentToken private _token;

    function setUp() public {
        vm.warp(1_750_000_000);
        _token = new PaymentToken("Test Dollar", "TUSD", SUPPLY, _payer);
    }

    function test_allOfItIsMadeAtDeployment() public view {
        assertEq(_token.totalSupply(), SUPPLY, "supply");
        assertEq(_token.balanceOf(_payer), SUPPLY, "holder");
        assertEq(_token.decimals(), 6, "decimals");
    }

    function test_movesAsSignedWhoeverSubmits(uint256 value, bytes32 nonce) public {
        value %= SUPPLY + 1;
        Authorization memory auth = _authorization(value, nonce);
        vm.expectEmit(address(_token));
        emit IERC3009.AuthorizationUsed(_payer, nonce);
        vm.prank(THIEF);
        submit(_token, auth, sign(_token, auth, KEY));
        assertEq(_token.balanceOf(PAYEE), value, "payee");
        assertEq(_token.balanceOf(_payer), SUPPLY - value, "payer");
        assertTrue(_token.authorizationState(_payer, nonce), "spent");
        assertEq(_token.totalSupply(), SUPPLY, "supply");
    }

    /// @dev What was signed moves once, whether the signature comes in parts or in bytes.
    function test_movesBySignatureInPartsOnce() public {
        Authorization memory auth = _authorization(5, bytes32("once"));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY, digestOf(_token, auth));
        vm.prank(THIEF);
        _token.transferWithAuthorization(
            auth.from, auth.to, auth.value, auth.validAfter, auth.validBefore, auth.nonce, v, r, s
        );
        assertEq(_token.balanceOf(PAYEE), 5, "payee");
        vm.expectRevert(abi.encodeWithSelector(IERC3009.AuthorizationSpent.selector, _payer, auth.nonce));
        submit(_token, auth, abi.encodePacked(r, s, v));
    }

    function test_replay_refused() public {
        Authorization memory auth = _authorization(5, bytes32("once"));
        bytes memory signature = sign(_token, auth, KEY);
        submit(_token, auth, signature);
        vm.expectRevert(abi.encodeWithSelector(IERC3009.AuthorizationSpent.selector, _payer, auth.nonce));
        submit(_token, auth, signature);
        // With the same number nothing else is paid either.
        auth.value = 6;
        signature = sign(_token, auth, KEY);
        vm.expectRevert(abi.encodeWithSelector(IERC3009.AuthorizationSpent.selector, _payer, auth.nonce));
        submit(_token, auth, signature);
    }

    function test_copiedWithAnyFieldChanged_refused(uint8 field) public {
        Authorization memory auth = _authorization(5, bytes32("once"));
        bytes memory signature = sign(_token, auth, KEY);
        field %= 5;
        if (field == 0) auth.to = THIEF;
        if (field == 1) auth.value++;
        if (field == 2) auth.validAfter--;
        if (field == 3) auth.validBefore++;
        if (field == 4) auth.nonce = bytes32("twice");
        vm.expectRevert(abi.encodeWithSelector(IERC3009.InvalidAuthorization.selector, _payer));
        submit(_token, auth, signature);
        assertFalse(_token.authorizationState(_payer, auth.nonce), "spent");
    }

    function test_anothersSignature_refused() public {
        Authorization memory auth = _authorization(5, bytes32("once"));
        bytes memory signature = sign(_token, auth, 0xbad);
        vm.expectRevert(abi.encodeWithSelector(IERC3009.InvalidAuthorization.selector, _payer));
        submit(_token, auth, signature);
    }

    function test_malleatedOrEmptySignature_refused() public {
        Authorization memory auth = _authorization(5, bytes32("once"));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY, digestOf(_token, auth));
        uint256 order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
        vm.expectRevert(abi.encodeWithSelector(IERC3009.InvalidAuthorization.selector, _payer));
        submit(_token, auth, abi.encodePacked(r, bytes32(order - uint256(s)), v == 27 ? uint8(28) : uint8(27)));
        vm.expectRevert(abi.encodeWithSelector(IERC3009.InvalidAuthorization.selector, _payer));
        submit(_token, auth, "");
    }

    function test_nobodysTokens_refused() public {
        Authorization memory auth = _authorization(0, bytes32("once"));
        auth.from = address(0);
        vm.expectRevert(abi.encodeWithSelector(IERC3009.InvalidAuthorization.selector, address(0)));
        submit(_token, auth, new bytes(65));
    }

    function test_otherChain_refused() public {
        Authorization memory auth = _authorization(5, bytes32("once"));
        bytes memory signature = sign(_token, auth, KEY);
        vm.chainId(999);
        vm.expectRevert(abi.encodeWithSelector(IERC3009.InvalidAuthorization.selector, _payer));
        submit(_token, auth, signature);
    }

    function test_otherToken_refused() public {
        PaymentToken other = new PaymentToken("Test Dollar", "TUSD", SUPPLY, _payer);
        Authorization memory auth = _authorization(5, bytes32("once"));
        bytes memory signature = sign(_token, auth, KEY);
        vm.expectRevert(abi.encodeWithSelector(IERC3009.InvalidAuthorization.selector, _payer));
        submit(other, auth, signature);
    }

    function test_expiredAndEarly_refused() public {
        Authorization memory auth = _authorization(5, bytes32("once"));
        bytes memory signature = sign(_token, auth, KEY);
        vm.warp(auth.validBefore);
        vm.expectRevert(abi.encodeWithSelector(IERC3009.AuthorizationExpired.selector, auth.validBefore));
        submit(_token, auth, signature);
        vm.warp(auth.validAfter);
        vm.expectRevert(abi.encodeWithSelector(IERC3009.AuthorizationNotYetValid.selector, auth.validAfter));
        submit(_token, auth, signature);
        vm.warp(auth.validBefore - 1);
        submit(_token, auth, signature);
    }

    function test_moreThanThereIs_refusedAndNotSpent() public {
        Authorization memory auth = _authorization(SUPPLY + 1, bytes32("once"));
        bytes memory signature = sign(_token, auth, KEY);
        vm.expectRevert();
        submit(_token, auth, signature);
        assertFalse(_token.authorizationState(_payer, auth.nonce), "spent");
    }

    function test_cancelled_refused() public {
        Authorization memory auth = _authorization(5, bytes32("once"));
        bytes memory signature = sign(_token, auth, KEY);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY, cancelDigestOf(_token, _payer, auth.nonce));
        vm.expectEmit(address(_token));
        emit IERC3009.AuthorizationCanceled(_payer, auth.nonce);
        _token.cancelAuthorization(_payer, auth.nonce, v, r, s);
        vm.expectRevert(abi.encodeWithSelector(IERC3009.AuthorizationSpent.selector, _payer, auth.nonce));
        submit(_token, auth, signature);
        vm.expectRevert(abi.encodeWithSelector(IERC3009.AuthorizationSpent.selector, _payer, auth.nonce));
        _token.cancelAuthorization(_payer, auth.nonce, v, r, s);
    }

    function test_cancelByAnother_refused() public {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(0xbad, cancelDigestOf(_token, _payer, bytes32("once")));
        vm.expectRevert(abi.encodeWithSelector(IERC3009.InvalidAuthorization.selector, _payer));
        _token.cancelAuthorization(_payer, bytes32("once"), abi.encodePacked(r, s, v));
    }

    function test_receive_byThePayeeAlone() public {
        Authorization memory auth = _authorization(5, bytes32("once"));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY, receiveDigestOf(_token, auth));
        vm.prank(THIEF);
        vm.expectRevert(abi.encodeWithSelector(IERC3009.CallerNotPayee.selector, THIEF, PAYEE));
        _token.receiveWithAuthorization(
            auth.from, auth.to, auth.value, auth.validAfter, auth.validBefore, auth.nonce, v, r, s
        );
        // Nor is it the signature of a transfer that anyone may submit.
        vm.expectRevert(abi.encodeWithSelector(IERC3009.InvalidAuthorization.selector, _payer));
        submit(_token, auth, abi.encodePacked(r, s, v));
        vm.prank(PAYEE);
        _token.receiveWithAuthorization(
            auth.from, auth.to, auth.value, auth.validAfter, auth.validBefore, auth.nonce, v, r, s
        );
        assertEq(_token.balanceOf(PAYEE), 5, "payee");
    }

    function test_receive_withBytes() public {
        Authorization memory auth = _authorization(5, bytes32("once"));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY, receiveDigestOf(_token, auth));
        vm.prank(PAYEE);
        _token.receiveWithAuthorization(
            auth.from, auth.to, auth.value, auth.validAfter, auth.validBefore, auth.nonce, abi.encodePacked(r, s, v)
        );
        assertEq(_token.balanceOf(PAYEE), 5, "payee");
    }

    function test_contractsSignAsTheyDecide() public {
        Wallet wallet = new Wallet(_payer);
        vm.prank(_payer);
        assertTrue(_token.transfer(address(wallet), 10), "filled");
        Authorization memory auth = _authorization(7, bytes32("once"));
        auth.from = address(wallet);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY, digestOf(_token, auth));
        submit(_token, auth, abi.encode(r, s, v));
        assertEq(_token.balanceOf(PAYEE), 7, "payee");
        auth.nonce = bytes32("another");
        vm.expectRevert(abi.encodeWithSelector(IERC3009.InvalidAuthorization.selector, address(wallet)));
        submit(_token, auth, abi.encode(r, s, v));
    }

    function _authorization(uint256 value, bytes32 nonce) private view returns (Authorization memory) {
        return Authorization(_payer, PAYEE, value, block.timestamp - 1, block.timestamp + 60, nonce);
    }
}
