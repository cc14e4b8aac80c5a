// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IAccessGrants} from "../src/interfaces/IAccessGrants.sol";
import {ICredits} from "../src/interfaces/ICredits.sol";
import {AccessDeployed} from "./utils/AccessDeployed.sol";
import {vm} from "./utils/Vm.sol";

/// @title Grants are given, bought, paid for as time passes, and taken back
contract AccessGrantsTest is AccessDeployed {
    function test_givesAccessUntilItExpires() public {
        assertFalse(clinicHasAccess(), "not before");
        vm.expectEmit(address(grants));
        emit IAccessGrants.AccessGranted(models, MODEL, clinic, NOW + 100);
        grantTo(clinic, NOW + 100);
        assertTrue(clinicHasAccess(), "granted");
        assertFalse(grants.hasAccess(models, OTHER_MODEL, clinic), "to this model alone");
        assertFalse(grants.hasAccess(address(datasets), MODEL, clinic), "of this registry alone");
        assertFalse(grants.hasAccess(models, MODEL, stranger), "to this user alone");
        vm.warp(NOW + 100);
        assertTrue(clinicHasAccess(), "in its last second");
        vm.warp(NOW + 101);
        assertFalse(clinicHasAccess(), "not after");
    }

    function test_manyUsersAtATime() public {
        for (uint160 i = 1; i <= 50; ++i) {
            grantTo(address(i), NOW + uint48(i));
        }
        vm.warp(NOW + 25);
        for (uint160 i = 1; i <= 50; ++i) {
            assertTrue(grants.hasAccess(models, MODEL, address(i)) == (i >= 25), "each until its own end");
        }
    }

    function test_theHolderNeedsNoGrant() public view {
        assertTrue(grants.hasAccess(models, MODEL, lab), "holder");
        assertEq(accessUntil(lab), type(uint48).max, "for good");
        assertFalse(grants.hasAccess(models, 99, address(0)), "nobody holds nothing");
    }

    function test_onlyTheHolderGrantsRevokesAndOffers() public {
        expectNotHolder(stranger);
        grants.grant(models, MODEL, stranger, NOW + 1);
        expectNotHolder(stranger);
        grants.revoke(models, MODEL, clinic);
        expectNotHolder(stranger);
        grants.setOffer(models, MODEL, 0, 1, NOW);
        expectNotHolder(stranger);
        grants.clearOffer(models, MODEL);
        expectNotHolder(clinic);
        grants.addCondition(models, MODEL, 1, address(datasets), DATASET);
    }

    function test_noGrantsOfWhatIsNoToken() public {
        for (uint256 i; i < 2; ++i) {
            address where = i == 0 ? models : address(0xdead);
            vm.expectRevert(abi.encodeWithSelector(IAccessGrants.NotTokenHolder.selector, where, 99, lab));
            vm.prank(lab);
            grants.grant(where, 99, clinic, NOW + 1);
        }
    }

    function test_aGrantIsOnlyMadeLonger() public {
        grantTo(clinic, NOW + 100);
        vm.startPrank(lab);
        for (uint48 expires = NOW + 99; expires <= NOW + 100; ++expires) {
            vm.expectRevert(abi.encodeWithSelector(IAccessGrants.ExpiryNotLater.selector, NOW + 100, expires));
            grants.grant(models, MODEL, clinic, expires);
        }
        grants.grant(models, MODEL, clinic, NOW + 101);
        vm.expectRevert(abi.encodeWithSelector(IAccessGrants.ExpiryNotLater.selector, 0, NOW - 1));
        grants.grant(models, MODEL, stranger, NOW - 1);
        vm.expectRevert(IAccessGrants.NoUser.selector);
        grants.grant(models, MODEL, address(0), NOW + 1);
        vm.stopPrank();
    }

    function test_revokesAtOnce() public {
        grantTo(clinic, NOW + 100);
        vm.expectEmit(address(grants));
        emit IAccessGrants.AccessRevoked(models, MODEL, clinic, 0);
        revokeFrom(clinic);
        assertFalse(clinicHasAccess(), "in the same second");
        vm.expectRevert(abi.encodeWithSelector(IAccessGrants.NoGrant.selector, models, MODEL, clinic));
        revokeFrom(clinic);
        grantTo(clinic, NOW + 50);
        assertTrue(clinicHasAccess(), "and may grant again");
    }

    function test_sellsAccessByThePeriod() public {
        offer(PRICE);
        assertEq(grants.offerOf(models, MODEL).seller, lab, "seller");
        vm.expectEmit(address(grants));
        emit IAccessGrants.AccessBought(models, MODEL, clinic, 2, 2 * PRICE);
        assertEq(buy(2), NOW + 2 * PERIOD, "two periods from now");
        assertTrue(clinicHasAccess(), "bought");
        IAccessGrants.Grant memory bought = grants.grantOf(models, MODEL, clinic);
        assertEq(bought.escrow, 2 * PRICE, "held");
        assertEq(grants.creditOf(lab), 0, "not the holder's yet");
        vm.warp(NOW + PERIOD);
        assertEq(grants.collect(models, MODEL, clinic), PRICE, "half of the time, half of the price");
        assertEq(grants.creditOf(lab), PRICE, "the holder's");
        vm.warp(NOW + 3 * PERIOD);
        assertFalse(clinicHasAccess(), "over");
        grants.collect(models, MODEL, clinic);
        assertEq(grants.creditOf(lab), 2 * PRICE, "all of it");
        vm.expectRevert(abi.encodeWithSelector(IAccessGrants.NothingToCollect.selector, models, MODEL, clinic));
        grants.collect(models, MODEL, clinic);
    }

    function test_buyingAgainAddsTime() public {
        offer(PRICE);
        buy(1);
        vm.warp(NOW + PERIOD / 2);
        assertEq(buy(1), NOW + 2 * PERIOD, "after what it has");
        assertEq(grants.creditOf(lab), PRICE / 2, "what has passed is the holder's");
        assertEq(grants.grantOf(models, MODEL, clinic).escrow, PRICE / 2 + PRICE, "the rest is held");
        vm.warp(NOW + 3 * PERIOD);
        assertEq(buy(1), NOW + 4 * PERIOD, "after a pause, from now");
    }

    function test_boughtTimeComesAfterWhatWasGiven() public {
        grantTo(clinic, NOW + PERIOD);
        offer(PRICE);
        assertEq(buy(1), NOW + 2 * PERIOD, "given, then bought");
        vm.warp(NOW + PERIOD);
        vm.expectRevert(abi.encodeWithSelector(IAccessGrants.NothingToCollect.selector, models, MODEL, clinic));
        grants.collect(models, MODEL, clinic);
        vm.warp(NOW + PERIOD + PERIOD / 4);
        assertEq(grants.collect(models, MODEL, clinic), PRICE / 4, "paid for since the gift ended");
    }

    function test_aLongerGrantLeavesThePaymentAsItIs() public {
        offer(PRICE);
        buy(1);
        grantTo(clinic, NOW + 10 * PERIOD);
        vm.warp(NOW + PERIOD);
        assertEq(grants.collect(models, MODEL, clinic), PRICE, "for what was bought");
        assertTrue(clinicHasAccess(), "given");
        assertEq(buy(1), NOW + 11 * PERIOD, "after it");
    }

    function test_whatIsTooMuchIsCredited() public {
        offer(PRICE);
        vm.prank(clinic);
        grants.buy{value: 5 ether}(models, MODEL, 1, 1);
        assertEq(grants.creditOf(clinic), 4 ether, "change");
        vm.prank(clinic);
        assertEq(grants.withdraw(address(0x7a7)), 4 ether, "withdrawn");
        assertEq(address(0x7a7).balance, 4 ether, "wherever it says");
        vm.expectRevert(abi.encodeWithSelector(ICredits.NothingToWithdraw.selector, clinic));
        vm.prank(clinic);
        grants.withdraw(clinic);
    }

    function test_offersHaveAPeriodAndAnEnd() public {
        vm.startPrank(lab);
        vm.expectRevert(IAccessGrants.OfferInvalid.selector);
        grants.setOffer(models, MODEL, PRICE, 0, NOW + 1);
        vm.expectRevert(IAccessGrants.OfferInvalid.selector);
        grants.setOffer(models, MODEL, PRICE, 1, NOW - 1);
        grants.setOffer(models, MODEL, 0, PERIOD, NOW + 10);
        vm.stopPrank();
        vm.warp(NOW + 10);
        vm.prank(clinic);
        grants.buy(models, MODEL, 1, PERIOD);
        vm.warp(NOW + 11);
        _refusesToSell();
    }

    function test_offersAreTakenBack() public {
        _refusesToSell();
        offer(PRICE);
        vm.expectEmit(address(grants));
        emit IAccessGrants.OfferSet(models, MODEL, 0, 0, 0);
        vm.prank(lab);
        grants.clearOffer(models, MODEL);
        _refusesToSell();
    }

    function test_periodsAreWholeAndNotForever() public {
        offer(0);
        vm.startPrank(clinic);
        vm.expectRevert(abi.encodeWithSelector(IAccessGrants.PeriodTooShort.selector, PERIOD, 1));
        grants.buy(models, MODEL, 0, 1);
        grants.buy(models, MODEL, type(uint32).max / PERIOD, 1);
        vm.stopPrank();
        grantTo(clinic, type(uint48).max);
        vm.expectRevert(
            abi.encodeWithSelector(IAccessGrants.ExpiryNotLater.selector, type(uint48).max, type(uint48).max)
        );
        vm.prank(clinic);
        grants.buy(models, MODEL, 1, 1);
    }

    function test_royaltiesArePaidOfWhatIsCollected() public {
        vm.prank(lab);
        registry.setRoyalty(MODEL, hospital, 1000);
        offer(PRICE);
        buy(1);
        vm.warp(NOW + PERIOD / 2);
        vm.expectEmit(address(grants));
        emit IAccessGrants.PaymentCollected(models, MODEL, clinic, PRICE / 2, PRICE / 20);
        grants.collect(models, MODEL, clinic);
        assertEq(grants.creditOf(hospital), PRICE / 20, "royalty");
        assertEq(grants.creditOf(lab), PRICE / 2 - PRICE / 20, "holder");
        revokeFrom(clinic);
        assertEq(grants.creditOf(clinic), PRICE / 2, "none of what goes back");
    }

    function testFuzz_everyWeiIsSomebodys(uint96 price, uint32 passed, bool twice, uint16 bps) public {
        price = uint96(price % 10 ether);
        vm.prank(lab);
        registry.setRoyalty(MODEL, hospital, bps % 5001);
        offer(price);
        vm.startPrank(clinic);
        grants.buy{value: 10 ether}(models, MODEL, 1, PERIOD);
        if (twice) {
            vm.warp(NOW + passed % (2 * PERIOD) / 2);
            grants.buy{value: 10 ether}(models, MODEL, 1, PERIOD);
        }
        vm.stopPrank();
        vm.warp(NOW + passed % (2 * PERIOD));
        revokeFrom(clinic);
        uint256 credits = grants.creditOf(lab) + grants.creditOf(hospital) + grants.creditOf(clinic);
        assertEq(address(grants).balance, credits, "credits");
        uint256 cost = twice ? 2 * uint256(price) : price;
        assertTrue(grants.creditOf(clinic) >= (twice ? 20 ether : 10 ether) - cost, "no more than the price");
    }

    function _refusesToSell() private {
        vm.expectRevert(abi.encodeWithSelector(IAccessGrants.NoOffer.selector, models, MODEL));
        vm.prank(clinic);
        grants.buy{value: 1 ether}(models, MODEL, 1, 1);
    }
}
