// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IInferenceOracle} from "../src/interfaces/IInferenceOracle.sol";
import {OracleWithRoyalties} from "./utils/OracleDeployed.sol";
import {RoyaltyRegistry} from "./utils/RoyaltyRegistry.sol";
import {vm} from "./utils/Vm.sol";

/// @title The model's holder gets what the registry says, within bounds, and cannot stop an answer by what it says
contract OracleRoyaltyTest is OracleWithRoyalties {
    address private constant HOLDER = address(0x401d);

    function test_splitsTheFee() public {
        _royalty(750);
        ask(1);
        assertEq(oracle.getRequest(0).royaltyBps, 750, "quoted");
        oracle.fulfil(answer(0));
        assertEq(oracle.creditOf(HOLDER), FEE * 75 / 1000, "holder");
        assertCredits(FEE - FEE * 75 / 1000, 0);
    }

    function test_isOfTheFeeAndNotOfTheEscrow() public {
        _royalty(1000);
        ask(1);
        oracle.fulfil(fixture("rival", 0));
        assertEq(oracle.creditOf(HOLDER), 4 * FEE / 100, "holder");
        assertEq(oracle.creditOf(rival), 36 * FEE / 100, "prover");
        assertEq(oracle.creditOf(asker), 60 * FEE / 100, "asker");
    }

    /// @dev The prover knew the share when it took the work on.
    function test_raisingTheRoyaltyUnderWayChangesNothing() public {
        _royalty(100);
        ask(1);
        _royalty(5000);
        oracle.fulfil(answer(0));
        assertEq(oracle.creditOf(HOLDER), FEE / 100, "as quoted");
    }

    function test_aRoyaltyThatCameLaterIsNone() public {
        ask(1);
        _royalty(5000);
        oracle.fulfil(answer(0));
        assertCredits(FEE, 0);
    }

    function test_loweringTheRoyaltyUnderWayCounts() public {
        _royalty(1000);
        ask(1);
        _royalty(50);
        oracle.fulfil(answer(0));
        assertEq(oracle.creditOf(HOLDER), FEE / 200, "as it is now");
    }

    function test_moreThanHalfIsNone() public {
        _royalty(5001);
        ask(1);
        assertEq(oracle.getRequest(0).royaltyBps, 0, "refused");
        oracle.fulfil(answer(0));
        assertCredits(FEE, 0);
    }

    function test_noReceiverIsNone() public {
        _settlesWithout(RoyaltyRegistry.Manner.Answer, 0, 1000);
    }

    function test_aReceiverThatIsNoAddressIsNone() public {
        _settlesWithout(RoyaltyRegistry.Manner.Answer, 1 << 160, 1000);
    }

    function test_anAmountBeyondAllMeasureIsNone() public {
        _settlesWithout(RoyaltyRegistry.Manner.Answer, uint160(HOLDER), type(uint256).max);
    }

    function test_aRevertingRegistryStopsNothing() public {
        _settlesWithout(RoyaltyRegistry.Manner.Revert, uint160(HOLDER), 1000);
    }

    function test_aGasEatingRegistryStopsNothing() public {
        _settlesWithout(RoyaltyRegistry.Manner.EatGas, uint160(HOLDER), 1000);
    }

    function test_aRegistryOfFewWordsStopsNothing() public {
        _settlesWithout(RoyaltyRegistry.Manner.ReturnOneWord, uint160(HOLDER), 1000);
    }

    function test_aRegistryOfManyWordsStopsNothing() public {
        _settlesWithout(RoyaltyRegistry.Manner.ReturnMuch, uint160(HOLDER), 1000);
    }

    /// @dev Otherwise a prover would send just so much gas that the holder goes away empty-handed.
    function testFuzz_noProverStarvesTheRoyalty(uint256 gas_) public {
        _royalty(1000);
        ask(1);
        IInferenceOracle.Fulfilment memory fulfilment = answer(0);
        gas_ = 250_000 + gas_ % 150_000;
        (bool success,) = address(oracle).call{gas: gas_}(abi.encodeCall(oracle.fulfil, (fulfilment)));
        assertEq(oracle.creditOf(HOLDER), success ? FEE / 10 : 0, "with every answer");
    }

    function test_smallFeesAreSplitWithoutLoss() public {
        _royalty(3333);
        IInferenceOracle.Question memory asked = question(0);
        vm.prank(asker);
        oracle.requestInference{value: 1}(asked);
        assertEq(oracle.getRequest(0).royaltyBps, 0, "of one wei");
        vm.prank(asker);
        oracle.requestInference{value: 7}(asked);
        assertTrue(oracle.getRequest(1).royaltyBps <= 5000, "never above half");
    }

    function test_aFreeRequestOwesNothing() public {
        _royalty(1000);
        IInferenceOracle.Question memory asked = question(0);
        oracle.requestInference(asked);
        assertEq(oracle.getRequest(0).royaltyBps, 0, "of nothing");
    }

    function testFuzz_neverMoreThanHalf(uint96 fee, uint256 bps) public {
        _royalty(bps % 6000);
        vm.deal(asker, fee);
        IInferenceOracle.Question memory asked = question(0);
        vm.prank(asker);
        oracle.requestInference{value: fee}(asked);
        assertTrue(oracle.getRequest(0).royaltyBps <= 5000, "at most half");
    }

    function _settlesWithout(RoyaltyRegistry.Manner manner, uint256 receiver, uint256 bps) private {
        _royalty(1000);
        ask(1);
        royalties().behave(manner, receiver, bps);
        oracle.fulfil(answer(0));
        assertCredits(FEE, 0);
        IInferenceOracle.Question memory asked = question(1);
        vm.prank(asker);
        oracle.requestInference{value: FEE}(asked);
        assertEq(oracle.getRequest(1).royaltyBps, 0, "quoted");
        oracle.fulfil(answer(1));
        assertCredits(2 * FEE, 0);
    }

    function _royalty(uint256 bps) private {
        if (bps > 5000) return royalties().behave(RoyaltyRegistry.Manner.Answer, uint160(HOLDER), bps);
        vm.prank(deployer);
        registry.setRoyalty(MODEL, HOLDER, uint16(bps));
    }
}
