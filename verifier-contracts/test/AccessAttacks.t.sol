// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IAccessGrants} from "../src/interfaces/IAccessGrants.sol";
import {ICredits} from "../src/interfaces/ICredits.sol";
import {IInferenceOracle} from "../src/interfaces/IInferenceOracle.sol";
import {AccessDeployed} from "./utils/AccessDeployed.sol";
import {GreedyBuyer, LyingTokens} from "./utils/LyingTokens.sol";
import {vm} from "./utils/Vm.sol";

/// @title What holders, buyers and foreign registries may try
contract AccessAttacksTest is AccessDeployed {
    function test_aStalePriceCannotBite() public {
        offer(PRICE);
        offer(2 * PRICE); // mined before the purchase that was made for the first price
        vm.expectRevert(abi.encodeWithSelector(IAccessGrants.PriceTooHigh.selector, 2 * PRICE, PRICE));
        buy(1);
    }

    function test_aShorterPeriodCannotBite() public {
        offer(PRICE);
        vm.prank(lab);
        grants.setOffer(models, MODEL, PRICE, 1, NOW + 1);
        vm.expectRevert(abi.encodeWithSelector(IAccessGrants.PeriodTooShort.selector, 1, PERIOD));
        buy(1);
    }

    function test_aPriceBeyondAllMoneyIsRefused() public {
        offer(type(uint96).max);
        vm.expectRevert(
            abi.encodeWithSelector(
                IAccessGrants.PriceTooHigh.selector, uint256(type(uint96).max) * 3, uint256(PRICE) * 3
            )
        );
        buy(3);
        vm.deal(clinic, type(uint128).max);
        vm.expectRevert(
            abi.encodeWithSelector(
                IAccessGrants.PriceTooHigh.selector, uint256(type(uint96).max) * 2, type(uint128).max
            )
        );
        vm.prank(clinic);
        grants.buy{value: type(uint128).max}(models, MODEL, 2, 1);
    }

    function test_sellingAndRevokingKeepsNothing() public {
        offer(PRICE);
        buy(1);
        revokeFrom(clinic);
        assertEq(grants.creditOf(clinic), PRICE, "all of it goes back");
        assertEq(grants.creditOf(lab), 0, "nothing was earned");
    }

    function test_revokedHalfWayIsPaidHalf() public {
        offer(PRICE);
        buy(1);
        vm.warp(NOW + PERIOD / 2);
        vm.expectEmit(address(grants));
        emit IAccessGrants.AccessRevoked(models, MODEL, clinic, PRICE / 2);
        revokeFrom(clinic);
        assertEq(grants.creditOf(clinic), PRICE / 2, "the rest of the time");
        assertEq(grants.creditOf(lab), PRICE / 2, "the time that passed");
        vm.expectRevert(abi.encodeWithSelector(IAccessGrants.NothingToCollect.selector, models, MODEL, clinic));
        grants.collect(models, MODEL, clinic);
        vm.expectRevert(abi.encodeWithSelector(IAccessGrants.NoGrant.selector, models, MODEL, clinic));
        revokeFrom(clinic);
    }

    /// @dev Else a buyer of the token would have to refund what the seller was paid.
    function test_theNewHolderRevokesWhatTheOldOneSold() public {
        offer(PRICE);
        buy(1);
        vm.prank(lab);
        registry.transferFrom(lab, hospital, MODEL);
        assertTrue(clinicHasAccess(), "a sale does not end a grant");
        expectNotHolder(lab);
        grants.revoke(models, MODEL, clinic);
        vm.warp(NOW + PERIOD / 4);
        vm.prank(hospital);
        grants.revoke(models, MODEL, clinic);
        assertEq(grants.creditOf(clinic), uint256(PRICE) * 3 / 4, "user");
        assertEq(grants.creditOf(hospital), PRICE / 4, "what was not collected goes with the token");
    }

    function test_offersEndWithTheToken() public {
        offer(PRICE);
        vm.prank(lab);
        registry.transferFrom(lab, hospital, MODEL);
        vm.expectRevert(abi.encodeWithSelector(IAccessGrants.NoOffer.selector, models, MODEL));
        buy(1);
    }

    /// @dev Documented: nobody tells the contract of transfers. Whoever lets a token go, and may have it back, clears first.
    function test_stalePrice_anOfferHoldsAgainWhenTheTokenComesBack() public {
        offer(PRICE);
        vm.prank(lab);
        registry.transferFrom(lab, hospital, MODEL);
        vm.prank(hospital);
        registry.transferFrom(hospital, lab, MODEL);
        buy(1);
        assertTrue(clinicHasAccess(), "at the old price");
        vm.prank(lab);
        grants.clearOffer(models, MODEL);
        vm.expectRevert(abi.encodeWithSelector(IAccessGrants.NoOffer.selector, models, MODEL));
        buy(1);
    }

    /// @dev A payment of a wei that never vests must not date the next payment back.
    function test_anOldTinyPaymentDoesNotDateTheNextBack() public {
        vm.prank(lab);
        grants.setOffer(models, MODEL, 1, 10 * PERIOD, NOW);
        vm.prank(clinic);
        grants.buy{value: 1}(models, MODEL, 1, PERIOD);
        vm.warp(NOW + 9 * PERIOD);
        offer(PRICE);
        buy(1);
        revokeFrom(clinic);
        assertEq(grants.creditOf(clinic), PRICE + 1, "no time has passed since the purchase");
    }

    function test_aGiftBeforeAPurchaseTakesNothingOfIt() public {
        offer(PRICE);
        grantTo(clinic, NOW + 365 days); // mined before the purchase
        buy(1);
        revokeFrom(clinic);
        assertEq(grants.creditOf(clinic), PRICE, "nothing of the gift was paid for");
    }

    function test_collectingOftenLosesNothing() public {
        offer(1000);
        vm.prank(clinic);
        grants.buy{value: 1000}(models, MODEL, 1, PERIOD);
        uint256 collected;
        for (uint256 i = 1; i <= 200; ++i) {
            vm.warp(NOW + uint256(PERIOD) * i / 200);
            vm.prank(stranger);
            collected += grants.collect(models, MODEL, clinic);
        }
        assertEq(collected, 1000, "all of it");
        assertEq(grants.creditOf(lab), 1000, "the holder's, whoever calls");
    }

    function test_reenteringTheWithdrawalGetsNothing() public {
        offer(PRICE);
        GreedyBuyer greedy = new GreedyBuyer{value: 10 ether}(grants);
        buy(1);
        greedy.buy(models, MODEL, PRICE, 3 ether);
        greedy.withdraw();
        assertEq(address(greedy).balance, 9 ether, "its change, once");
        assertTrue(greedy.tried(), "it did try");
    }

    function test_aReceiverThatRefusesKeepsItsCredit() public {
        offer(PRICE);
        vm.prank(clinic);
        grants.buy{value: 2 * uint256(PRICE)}(models, MODEL, 1, 1);
        vm.expectRevert(abi.encodeWithSelector(ICredits.WithdrawalFailed.selector, address(registry)));
        vm.prank(clinic);
        grants.withdraw(address(registry));
        assertEq(grants.creditOf(clinic), PRICE, "still there");
    }

    function test_aRegistryThatLiesConcernsItsOwnTokens() public {
        LyingTokens liar = new LyingTokens();
        liar.setHolder(uint160(stranger));
        vm.startPrank(stranger);
        grants.grant(address(liar), MODEL, stranger, NOW + 1);
        vm.stopPrank();
        assertFalse(grants.hasAccess(models, MODEL, stranger), "not another's");
        liar.setHolder(1 << 160 | uint160(stranger));
        vm.expectRevert(abi.encodeWithSelector(IAccessGrants.NotTokenHolder.selector, address(liar), MODEL, stranger));
        vm.prank(stranger);
        grants.grant(address(liar), MODEL, clinic, NOW + 1);
        assertFalse(grants.hasAccess(address(liar), MODEL, clinic), "no address, no holder");
    }

    function test_aRegistryOfFewBytesHasNoHolders() public {
        LyingTokens liar = new LyingTokens();
        liar.setSilent();
        assertFalse(grants.hasAccess(address(liar), MODEL, clinic), "silence is no holder");
    }

    function test_aRoyaltyThatEatsGasStopsNothing() public {
        LyingTokens liar = _sold();
        vm.warp(NOW + PERIOD);
        assertEq(grants.collect(address(liar), 1, clinic), PRICE, "collected");
        assertEq(grants.creditOf(lab), PRICE, "without royalty");
    }

    /// @dev Otherwise whoever collects would send just so much gas that the receiver goes away empty-handed.
    function testFuzz_noCollectorStarvesTheRoyalty(uint256 gas_) public {
        vm.prank(lab);
        registry.setRoyalty(MODEL, hospital, 1000);
        offer(PRICE);
        buy(1);
        vm.warp(NOW + PERIOD);
        gas_ = 30_000 + gas_ % 150_000;
        (bool success,) = address(grants).call{gas: gas_}(abi.encodeCall(grants.collect, (models, MODEL, clinic)));
        assertEq(grants.creditOf(hospital), success ? PRICE / 10 : 0, "with every collection");
    }

    /// @dev Its money waits: whoever holds the token again may collect it.
    function test_aTokenThatIsGoneEarnsNobody() public {
        LyingTokens liar = _sold();
        liar.setHolder(0);
        vm.warp(NOW + PERIOD);
        vm.expectRevert(abi.encodeWithSelector(IAccessGrants.NothingToCollect.selector, address(liar), 1, clinic));
        grants.collect(address(liar), 1, clinic);
        vm.expectRevert(abi.encodeWithSelector(IAccessGrants.NoOffer.selector, address(liar), 1));
        vm.prank(clinic);
        grants.buy{value: PRICE}(address(liar), 1, 1, PERIOD);
    }

    /// @dev A registry that says of a token that it is the lab's; the clinic has bought a period.
    function _sold() private returns (LyingTokens liar) {
        liar = new LyingTokens();
        liar.setHolder(uint160(lab));
        vm.prank(lab);
        grants.setOffer(address(liar), 1, PRICE, PERIOD, NOW + 1);
        vm.prank(clinic);
        grants.buy{value: PRICE}(address(liar), 1, 1, PERIOD);
    }
}
