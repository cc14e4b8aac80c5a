// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {CropInsurance} from "../../src/CropInsurance.sol";
import {WrappedEther} from "../../src/WrappedEther.sol";
import {ICropInsurance} from "../../src/interfaces/ICropInsurance.sol";
import {IInferenceOracle} from "../../src/interfaces/IInferenceOracle.sol";
import {Assertions} from "./Assertions.sol";
import {vm} from "./Vm.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title A season's insurance with a provider, two farmers and a weather station
abstract contract Farm is Assertions {
    uint256 internal constant STATION_KEY = 0x57a7;
    uint48 internal constant NOW = 1_800_000_000;
    uint48 internal constant SALES_END = NOW + 30 days;
    uint48 internal constant SEASON_START = SALES_END;
    uint48 internal constant SEASON_END = NOW + 150 days;
    uint48 internal constant CLAIMS_END = NOW + 180 days;
    uint48 internal constant CLAIM_TIME = SEASON_END + 1;
    uint96 internal constant COVERAGE = 10 ether;
    uint96 internal constant PREMIUM = 1.2 ether;
    uint96 internal constant PROVER_FEE = 0.001 ether;
    int32 internal constant THRESHOLD = 500;
    bytes32 internal constant PLOT = keccak256("plot 7, salt");

    address internal provider = address(0x11f0);
    address internal farmer = address(0xfa41);
    address internal other = address(0xfa42);
    address internal station = vm.addr(STATION_KEY);

    WrappedEther internal asset;
    CropInsurance internal insurance;

    /// @dev The insurance over an oracle, and everybody's money.
    function open(IInferenceOracle oracle_, uint256 modelId) internal {
        vm.warp(NOW);
        asset = new WrappedEther();
        insurance = insure(oracle_, modelId);
        fund(provider, 100 ether);
        fund(farmer, 20 ether);
        fund(other, 20 ether);
        vm.deal(farmer, 1 ether);
        vm.deal(other, 1 ether);
    }

    function insure(IInferenceOracle oracle_, uint256 modelId) internal returns (CropInsurance) {
        return new CropInsurance(IERC20(address(asset)), oracle_, season(modelId));
    }

    function season(uint256 modelId) internal view returns (ICropInsurance.Terms memory) {
        return ICropInsurance.Terms({
            modelId: modelId,
            version: 1,
            threshold: THRESHOLD,
            premiumRate: 1200,
            salesEnd: SALES_END,
            seasonStart: SEASON_START,
            seasonEnd: SEASON_END,
            claimsEnd: CLAIMS_END,
            station: station
        });
    }

    /// @dev Gives an account wrapped ether that the insurance may take.
    function fund(address account, uint256 amount) internal {
        vm.deal(account, amount);
        vm.startPrank(account);
        asset.deposit{value: amount}();
        asset.approve(address(insurance), type(uint256).max);
        vm.stopPrank();
    }

    function provide(address account, uint256 amount) internal returns (uint256 shares) {
        vm.prank(account);
        return insurance.deposit(amount, account);
    }

    function buy(address account) internal returns (uint256 policyId) {
        vm.prank(account);
        return insurance.buy(COVERAGE, PLOT);
    }

    /// @dev A pool of 100 ether and a policy of the farmer's, after the season.
    function insured() internal returns (uint256 policyId) {
        provide(provider, 100 ether);
        policyId = buy(farmer);
        vm.warp(CLAIM_TIME);
    }

    function claim(uint256 policyId, uint256 features) internal returns (uint256 requestId) {
        bytes memory signature = attest(insurance, STATION_KEY, policyId, features);
        vm.prank(farmer);
        return insurance.claim{value: PROVER_FEE}(policyId, words(features), signature, CLAIM_TIME + 1 days);
    }

    function attest(CropInsurance contract_, uint256 key, uint256 policyId, uint256 features)
        internal
        view
        returns (bytes memory)
    {
        bytes32 digest = contract_.attestationHash(policyId, keccak256(abi.encodePacked(features)));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    function words(uint256 word) internal pure returns (uint256[] memory input) {
        input = new uint256[](1);
        input[0] = word;
    }

    function assertPolicy(uint256 policyId, ICropInsurance.Status status) internal view {
        assertEq(uint256(insurance.getPolicy(policyId).status), uint256(status), "policy's status");
    }
}
