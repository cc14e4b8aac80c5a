// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IInsurancePool} from "./interfaces/IInsurancePool.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ERC4626} from "@openzeppelin/contracts/token/ERC20/extensions/ERC4626.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

/// @title The money behind policies
/// @dev See {IInsurancePool}. The guard is for assets with hooks, which could call between two effects.
abstract contract InsurancePool is IInsurancePool, ERC4626, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    uint48 internal immutable _salesEnd;

    /// @inheritdoc IInsurancePool
    uint256 public reserved;

    /// @inheritdoc IInsurancePool
    uint256 public premiums;

    /// @inheritdoc IInsurancePool
    uint256 public owed;

    /// @inheritdoc IInsurancePool
    mapping(address account => uint256) public creditOf;

    constructor(IERC20 asset_, uint48 salesEnd_) ERC20("Crop insurance pool", "CROP") ERC4626(asset_) {
        _salesEnd = salesEnd_;
    }

    /// @inheritdoc IInsurancePool
    function collect(address to) external nonReentrant returns (uint256 amount) {
        amount = creditOf[msg.sender];
        if (amount == 0) revert NothingToCollect(msg.sender);
        creditOf[msg.sender] = 0;
        owed -= amount;
        emit Collected(msg.sender, to, amount);
        IERC20(asset()).safeTransfer(to, amount);
    }

    /// @inheritdoc IInsurancePool
    function isOpen() public view returns (bool) {
        return block.timestamp <= _salesEnd;
    }

    /// @inheritdoc IInsurancePool
    function freeAssets() public view returns (uint256) {
        if (isOpen()) return totalAssets() - reserved;
        return reserved == 0 ? totalAssets() : 0;
    }

    /// @notice What the shares stand for. Premiums count when sales have ended: until then a provider could come for
    ///         them and leave before the risk begins.
    function totalAssets() public view override returns (uint256) {
        uint256 held = IERC20(asset()).balanceOf(address(this)) - owed;
        return isOpen() ? held - premiums : held;
    }

    /// @notice No limit until sales end, then nothing.
    function maxDeposit(address) public view override returns (uint256) {
        return isOpen() ? type(uint256).max : 0;
    }

    /// @notice No limit until sales end, then nothing.
    function maxMint(address) public view override returns (uint256) {
        return isOpen() ? type(uint256).max : 0;
    }

    /// @notice The owner's shares, as far as what they stand for is free.
    function maxRedeem(address owner) public view override returns (uint256) {
        (uint256 shares, uint256 free) = (balanceOf(owner), freeAssets());
        return convertToAssets(shares) <= free ? shares : convertToShares(free);
    }

    /// @dev Effects of a sale; the premium comes in last.
    function _sell(address holder, uint256 coverage, uint256 premium) internal {
        reserved += coverage;
        premiums += premium;
        IERC20(asset()).safeTransferFrom(holder, address(this), premium);
    }

    function _credit(address account, uint256 amount) internal {
        owed += amount;
        creditOf[account] += amount;
    }

    function _deposit(address caller, address receiver, uint256 assets, uint256 shares)
        internal
        override
        nonReentrant
    {
        super._deposit(caller, receiver, assets, shares);
    }

    function _withdraw(address caller, address receiver, address owner, uint256 assets, uint256 shares)
        internal
        override
        nonReentrant
    {
        super._withdraw(caller, receiver, owner, assets, shares);
    }

    function _decimalsOffset() internal pure override returns (uint8) {
        return 6;
    }
}
