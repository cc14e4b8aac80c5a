// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {PaymentToken} from "../src/PaymentToken.sol";
import {Assertions} from "./utils/Assertions.sol";
import {PaymentAuthorization} from "./utils/PaymentAuthorization.sol";
import {vm} from "./utils/Vm.sol";

/// @title What a payment by signature costs whoever submits it, as a transaction of its own
/// @notice As {GasTest}; the figures are compared with snapshots/PaymentToken.json.
/// forge-config: default.isolate = true
contract PaymentGasTest is Assertions, PaymentAuthorization {
    string private constant GROUP = "PaymentToken";
    uint256 private constant KEY = 0xa11ce;
    address private constant PAYEE = address(0xbeef);

    address private immutable _payer = vm.addr(KEY);
    PaymentToken private _token;

    function setUp() public {
        vm.warp(1_750_000_000);
        _token = new PaymentToken("Test Dollar", "TUSD", 1e12, _payer);
    }

    function test_transferWithAuthorization() public {
        _pay(bytes32("first"));
        vm.snapshotGasLastCall(GROUP, "transferWithAuthorization, to a new holder");
        _pay(bytes32("second"));
        vm.snapshotGasLastCall(GROUP, "transferWithAuthorization");
    }

    function test_receiveWithAuthorization() public {
        Authorization memory auth = _authorization(bytes32("once"));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY, receiveDigestOf(_token, auth));
        vm.prank(PAYEE);
        _token.receiveWithAuthorization(
            auth.from, auth.to, auth.value, auth.validAfter, auth.validBefore, auth.nonce, v, r, s
        );
        vm.snapshotGasLastCall(GROUP, "receiveWithAuthorization, to a new holder");
    }

    function test_cancelAuthorization() public {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY, cancelDigestOf(_token, _payer, bytes32("once")));
        _token.cancelAuthorization(_payer, bytes32("once"), v, r, s);
        vm.snapshotGasLastCall(GROUP, "cancelAuthorization");
    }

    function _pay(bytes32 nonce) private {
        Authorization memory auth = _authorization(nonce);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY, digestOf(_token, auth));
        _token.transferWithAuthorization(
            auth.from, auth.to, auth.value, auth.validAfter, auth.validBefore, auth.nonce, v, r, s
        );
    }

    function _authorization(bytes32 nonce) private view returns (Authorization memory) {
        return Authorization(_payer, PAYEE, 10_000, block.timestamp - 1, block.timestamp + 60, nonce);
    }
}
