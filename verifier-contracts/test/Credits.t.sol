// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {Credits} from "../src/Credits.sol";
import {ICredits} from "../src/interfaces/ICredits.sol";
import {Assertions} from "./utils/Assertions.sol";
import {GreedyCreditor} from "./utils/GreedyCreditor.sol";
import {vm} from "./utils/Vm.sol";

/// @title Owes whom it is told
contract Ledger is Credits {
    function credit(address account) external payable {
        _credit(account, msg.value);
    }
}

/// @title Burns all gas that it gets
contract BurningReceiver {
    receive() external payable {
        while (true) {}
    }
}

/// @title Each wei that is owed is paid once, to whom it is owed, or where that account says
contract CreditsTest is Assertions {
    Ledger private ledger = new Ledger();
    address private constant ALICE = address(0xa11ce);
    address private constant BOB = address(0xb0b);

    function setUp() public {
        vm.deal(address(this), 1 << 128);
    }

    function testFuzz_creditsAddUpAndAreAllThatIsPaid(uint64 first, uint64 second, uint64 ofBob) public {
        ledger.credit{value: first}(ALICE);
        ledger.credit{value: ofBob}(BOB);
        ledger.credit{value: second}(ALICE);
        uint256 sum = uint256(first) + second;
        assertEq(ledger.creditOf(ALICE), sum, "sum");
        if (sum == 0) vm.expectRevert(abi.encodeWithSelector(ICredits.NothingToWithdraw.selector, ALICE));
        vm.prank(ALICE);
        ledger.withdraw(ALICE);
        assertEq(ALICE.balance, sum, "paid");
        assertEq(ledger.creditOf(ALICE), 0, "nothing left");
        assertEq(address(ledger).balance, ledger.creditOf(BOB), "what is left is another's");
    }

    function test_isPaidWhereTheAccountSays() public {
        ledger.credit{value: 3}(ALICE);
        vm.expectEmit(address(ledger));
        emit ICredits.Withdrawn(ALICE, BOB, 3);
        vm.prank(ALICE);
        assertEq(ledger.withdraw(BOB), 3, "amount");
        assertEq(BOB.balance, 3, "paid");
    }

    function test_doubleClaim_isRefused() public {
        ledger.credit{value: 3}(ALICE);
        ledger.credit{value: 3}(BOB);
        vm.startPrank(ALICE);
        ledger.withdraw(ALICE);
        vm.expectRevert(abi.encodeWithSelector(ICredits.NothingToWithdraw.selector, ALICE));
        ledger.withdraw(ALICE);
        vm.stopPrank();
    }

    function test_reentrancy_isPaidOnce() public {
        GreedyCreditor greedy = new GreedyCreditor(ledger);
        ledger.credit{value: 3}(address(greedy));
        ledger.credit{value: 30}(BOB);
        greedy.withdraw();
        assertEq(address(greedy).balance, 3, "once");
        assertEq(greedy.refused(), 1, "tried");
    }

    function test_revertingReceiver_leavesTheCredit() public {
        ledger.credit{value: 3}(ALICE);
        _fails(address(ledger));
    }

    /// @dev It burns the gas of whoever withdraws, and nobody else's.
    function test_gasEatingReceiver_leavesTheCredit() public {
        ledger.credit{value: 3}(ALICE);
        _fails(address(new BurningReceiver()));
    }

    function _fails(address to) private {
        vm.expectRevert(abi.encodeWithSelector(ICredits.WithdrawalFailed.selector, to));
        vm.prank(ALICE);
        ledger.withdraw{gas: 1_000_000}(to);
        assertEq(ledger.creditOf(ALICE), 3, "still owed");
    }
}
