// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IGuardedVault} from "./interfaces/IGuardedVault.sol";
import {GasPromise} from "./libraries/GasPromise.sol";
import {MoveLimits} from "./libraries/MoveLimits.sol";
import {PriceWalk} from "./libraries/PriceWalk.sol";
import {IERC4626} from "@openzeppelin/contracts/interfaces/IERC4626.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ERC4626} from "@openzeppelin/contracts/token/ERC20/extensions/ERC4626.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @title What a guarded vault has, what it is worth, and how depositors come and go
/// @dev See {IGuardedVault}. What makes it safe whatever a strategy does:
///      1. Who leaves gets the same part of everything. No price decides what it is, so that no lie about a price can
///         take from others. A strategy that reverts, burns its gas or gives less than it says costs the leaving
///         depositor a claim on its shares, and nobody else anything.
///      2. Who comes pays for positions at their price now or as observed, whichever is more, and cannot come while a
///         price is far from what was observed: nobody buys cheaply for the moment of a dip.
///      3. Strategies are asked for prices with little gas and without trust in what comes back. A price of zero stands
///         for none.
///      4. Money that strategies take and give is counted by balances, not by what they return.
abstract contract StrategyBook is IGuardedVault, ERC4626, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;
    using SafeCast for uint256;

    uint256 private constant MOST_STRATEGIES = 4;
    uint256 private constant VIRTUAL_SHARES = 1e6;

    IERC4626[] internal _strategies;
    Position[] internal _positions;
    Limits internal _limits;

    /// @inheritdoc IGuardedVault
    mapping(uint256 strategy => mapping(address account => uint256)) public owed;

    constructor(IERC20 asset_, IERC4626[] memory strategies_, Limits memory limits) ERC4626(asset_) {
        MoveLimits.check(limits);
        _limits = limits;
        uint256 count = strategies_.length;
        if (count == 0 || count > MOST_STRATEGIES) revert TermsInvalid();
        for (uint256 k; k < count; ++k) {
            for (uint256 j; j < k; ++j) {
                if (address(strategies_[j]) == address(strategies_[k])) revert TermsInvalid();
            }
            _strategies.push(strategies_[k]);
            uint256 price = _priceOf(k);
            if (price == 0 || strategies_[k].asset() != address(asset_)) revert TermsInvalid();
            _positions.push(Position(0, 0, uint128(price), 0x80808080, 0));
        }
    }

    /// @inheritdoc IGuardedVault
    function deposit(uint256 assets, address receiver, uint256 minShares) external returns (uint256 shares) {
        shares = deposit(assets, receiver);
        if (shares < minShares) revert SharesTooFew(shares, minShares);
    }

    /// @notice Burns shares for their part of the idle money and of each position. What a strategy does not pay is owed
    ///         to the receiver in the strategy's shares.
    /// @return assets What was paid, in units of the asset.
    function redeem(uint256 shares, address receiver, address owner)
        public
        override
        nonReentrant
        returns (uint256 assets)
    {
        if (shares > balanceOf(owner)) revert ERC4626ExceededMaxRedeem(owner, shares, balanceOf(owner));
        if (msg.sender != owner) _spendAllowance(owner, msg.sender, shares);
        uint256 all = _allShares();
        assets = Math.mulDiv(_idle(), shares, all);
        _burn(owner, shares);
        uint256[] memory parts = new uint256[](_positions.length);
        for (uint256 k; k < parts.length; ++k) {
            parts[k] = Math.mulDiv(_positions[k].shares, shares, all);
            _release(k, parts[k]);
        }
        for (uint256 k; k < parts.length; ++k) {
            if (parts[k] != 0) assets += _pullOrOwe(k, parts[k], receiver);
        }
        emit Withdraw(msg.sender, receiver, owner, assets, shares);
        IERC20(asset()).safeTransfer(receiver, assets);
    }

    /// @notice Always reverts: see {redeem}.
    function withdraw(uint256 assets, address, address owner) public pure override returns (uint256) {
        revert ERC4626ExceededMaxWithdraw(owner, assets, 0);
    }

    /// @inheritdoc IGuardedVault
    function claim(uint256 strategy, address to) external nonReentrant returns (uint256 shares) {
        shares = owed[strategy][msg.sender];
        if (shares == 0) revert NothingOwed(strategy, msg.sender);
        owed[strategy][msg.sender] = 0;
        emit Claimed(strategy, msg.sender, to, shares);
        IERC20(_strategies[strategy]).safeTransfer(to, shares);
    }

    /// @inheritdoc IGuardedVault
    function pull(uint256 strategy, uint256 shares) external {
        if (msg.sender != address(this)) revert NotSelf(msg.sender);
        uint256 promised = PriceWalk.valueOf(shares, _priceOf(strategy));
        if (promised == 0) revert PromiseBroken(strategy, 0, 0);
        uint256 idle = _idle();
        _strategies[strategy].redeem(shares, address(this), address(this));
        _requireKept(strategy, promised, Math.saturatingSub(_idle(), idle));
    }

    /// @inheritdoc IGuardedVault
    function push(uint256 strategy, uint256 amount) external {
        if (msg.sender != address(this)) revert NotSelf(msg.sender);
        IERC4626 target = _strategies[strategy];
        (uint256 idle, uint256 held) = (_idle(), target.balanceOf(address(this)));
        uint256 price = _priceOf(strategy);
        IERC20(asset()).forceApprove(address(target), amount);
        target.deposit(amount, address(this));
        if (_idle() + amount != idle) revert PromiseBroken(strategy, amount, idle - _idle());
        uint256 shares = target.balanceOf(address(this)) - held;
        _requireKept(strategy, amount, PriceWalk.valueOf(shares, Math.min(price, _priceOf(strategy))));
        Position storage position = _positions[strategy];
        position.shares += shares.toUint128();
        position.cost += amount.toUint128();
    }

    /// @notice Idle money and positions at their prices now; a position without a price counts nothing.
    function totalAssets() public view override nonReentrantView returns (uint256) {
        return _whole().current;
    }

    /// @notice Nothing while the vault is stopped, or has money where the price is far from what was observed.
    function maxDeposit(address) public view override returns (uint256) {
        return _takesDeposits() ? type(uint256).max : 0;
    }

    /// @notice As {maxDeposit}.
    function maxMint(address) public view override returns (uint256) {
        return _takesDeposits() ? type(uint256).max : 0;
    }

    /// @notice Nothing: see {redeem}.
    function maxWithdraw(address) public pure override returns (uint256) {
        return 0;
    }

    function previewDeposit(uint256 assets) public view override returns (uint256) {
        return Math.mulDiv(assets, _allShares(), _entryAssets() + 1);
    }

    function previewMint(uint256 shares) public view override returns (uint256) {
        return Math.mulDiv(shares, _entryAssets() + 1, _allShares(), Math.Rounding.Ceil);
    }

    /// @notice What {redeem} pays if strategies do as they say; less where one does not. What one would pay too little
    ///         for, and is therefore owed in its shares, counts nothing.
    function previewRedeem(uint256 shares) public view override nonReentrantView returns (uint256 assets) {
        uint256 all = _allShares();
        assets = Math.mulDiv(_idle(), shares, all);
        for (uint256 k; k < _strategies.length; ++k) {
            uint256 part = Math.mulDiv(_positions[k].shares, shares, all);
            if (part != 0) assets += _payOf(k, part);
        }
    }

    /// @inheritdoc IGuardedVault
    function strategies() external view returns (IERC4626[] memory) {
        return _strategies;
    }

    /// @inheritdoc IGuardedVault
    function positionIn(uint256 strategy) external view returns (Position memory) {
        return _positions[strategy];
    }

    /// @inheritdoc IGuardedVault
    function stoppedUntil() public view virtual returns (uint256);

    function _deposit(address caller, address receiver, uint256 assets, uint256 shares)
        internal
        override
        nonReentrant
    {
        uint256 before = _idle();
        super._deposit(caller, receiver, assets, shares);
        if (_idle() != before + assets) revert AssetTaxed();
    }

    /// @dev Takes shares off a position, and their part of its cost.
    function _release(uint256 k, uint256 shares) internal {
        Position storage position = _positions[k];
        if (shares == 0) return;
        position.cost -= uint128(uint256(position.cost) * shares / position.shares);
        position.shares -= uint128(shares);
    }

    /// @dev Calls a function of this contract on itself with the gas that is promised to a strategy.
    function _callSelf(bytes memory data) internal returns (bool) {
        uint256 amount = _limits.callGas;
        GasPromise.ensure(amount);
        return GasPromise.callWith(amount, address(this), data);
    }

    /// @dev All positions with their strategies' prices now.
    function _quotes() internal view returns (MoveLimits.Quote[] memory quotes) {
        quotes = new MoveLimits.Quote[](_strategies.length);
        for (uint256 k; k < quotes.length; ++k) {
            Position storage position = _positions[k];
            quotes[k] = MoveLimits.Quote(position.shares, position.cost, position.price, _priceOf(k));
        }
    }

    function _whole() internal view returns (MoveLimits.Whole memory) {
        return MoveLimits.sum(_quotes(), _idle());
    }

    /// @dev What a strategy says that {PriceWalk-PROBE} shares are worth; 0 where it says nothing that can be true.
    function _priceOf(uint256 k) internal view returns (uint256) {
        uint256 price = _ask(k, abi.encodeCall(IERC4626.convertToAssets, (PriceWalk.PROBE)));
        return price <= type(uint128).max ? price : 0;
    }

    /// @dev The word that a strategy answers; 0 where it fails. With too little gas to ask properly, all reverts.
    function _ask(uint256 k, bytes memory question) internal view returns (uint256 word) {
        (, word) = GasPromise.askWordWith(_limits.callGas / 4, address(_strategies[k]), question);
    }

    function _idle() internal view returns (uint256) {
        return IERC20(asset()).balanceOf(address(this));
    }

    /// @dev Shares that there are, and the virtual ones.
    function _allShares() internal view returns (uint256) {
        return totalSupply() + VIRTUAL_SHARES;
    }

    function _decimalsOffset() internal pure override returns (uint8) {
        return 6;
    }

    /// @dev Pays a leaving depositor's part of a strategy into the vault, or notes what is owed for it.
    function _pullOrOwe(uint256 k, uint256 shares, address account) private returns (uint256) {
        uint256 idle = _idle();
        if (_callSelf(abi.encodeCall(this.pull, (k, shares)))) return _idle() - idle;
        owed[k][account] += shares;
        emit Owed(k, account, shares);
        return 0;
    }

    function _takesDeposits() private view returns (bool) {
        if (stoppedUntil() != 0) return false;
        MoveLimits.Quote[] memory quotes = _quotes();
        for (uint256 k; k < quotes.length; ++k) {
            // What counts nothing is not paid for either: shares that roundings left need no price.
            if (PriceWalk.valueOf(quotes[k].shares, Math.max(quotes[k].observed, quotes[k].price)) == 0) continue;
            if (!PriceWalk.isNear(quotes[k].observed, quotes[k].price, _limits.band)) return false;
        }
        return true;
    }

    /// @dev What a depositor pays for: idle money, and positions at their price now or as observed, the greater.
    function _entryAssets() private view nonReentrantView returns (uint256) {
        return _whole().greater;
    }

    /// @dev What a strategy says that it pays for shares; nothing where {pull} would refuse it, or it cannot be true.
    function _payOf(uint256 k, uint256 shares) private view returns (uint256 said) {
        uint256 promised = PriceWalk.valueOf(shares, _priceOf(k));
        said = _ask(k, abi.encodeCall(IERC4626.previewRedeem, (shares)));
        if (promised == 0 || said < _leastOf(promised) || said > type(uint128).max) said = 0;
    }

    function _requireKept(uint256 k, uint256 promised, uint256 actual) private view {
        if (actual < _leastOf(promised)) revert PromiseBroken(k, promised, actual);
    }

    /// @dev The least that keeps a promise.
    function _leastOf(uint256 promised) private view returns (uint256) {
        return promised - MoveLimits.part(promised, _limits.slippage);
    }
}
