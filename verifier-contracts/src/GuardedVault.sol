// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {StrategyBook} from "./StrategyBook.sol";
import {IGuardedVault} from "./interfaces/IGuardedVault.sol";
import {IInferenceVerifier} from "./interfaces/IInferenceVerifier.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {MoveLimits} from "./libraries/MoveLimits.sol";
import {PackedOutputs} from "./libraries/PackedOutputs.sol";
import {PriceWalk} from "./libraries/PriceWalk.sol";
import {IERC4626} from "@openzeppelin/contracts/interfaces/IERC4626.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title A vault that a model steers and limits restrain
/// @dev See {IGuardedVault}, and {StrategyBook} for depositors. What the model cannot override:
///      1. Nobody chooses the model's input: this contract computes it from prices that it observed itself, at least a
///         day apart. Only an observation changes it.
///      2. The round is the proof's nonce. Each observation and each move begins another: a proof moves money once, and
///         only in the state that it was made for.
///      3. The limits are reckoned without the proof, from values that cannot be talked up: what there is counts at its
///         cost at most, what a strategy has counts at its cost at least.
///      4. Moves of the last 24 hours are summed one by one. No window of 24 hours has more than the limit, as it would
///         around the midnight of a count by days, or with a budget that refills while it is spent.
///      5. After a fall below the mark no money goes into strategies, and anyone may move money out. The mark follows
///         the lesser of two observations running, so that one high price does not set a trap. The stop ends by time,
///         with a new mark: a stop for good could be forced on all by one bad price, and one that ends by recovery
///         never would once all money is idle. Depositors have the rest to leave; what strategies can lose in one is
///         the drawdown.
///      6. A strategy that fails a move is left alone for an interval, and costs nothing else: the next proof moves
///         money elsewhere.
contract GuardedVault is StrategyBook {
    /// @dev All that a move is reckoned from.
    struct State {
        MoveLimits.Quote[] quotes;
        MoveLimits.Whole whole;
        Limits limits;
    }

    /// @dev A past move.
    struct Past {
        uint48 time;
        bool into;
        uint64 share;
    }

    uint256 private constant HISTORY = 4;
    uint256 private constant RAY = 1e27;

    IInferenceVerifier private immutable _verifier;
    uint256 private immutable _modelId;
    uint32 private immutable _version;
    int32 private immutable _one;

    /// @inheritdoc IGuardedVault
    uint256 public round;

    /// @inheritdoc IGuardedVault
    uint256 public observations;

    /// @inheritdoc IGuardedVault
    uint256 public observedAt;

    /// @inheritdoc IGuardedVault
    uint256 public mark;

    uint256 private _lastValue;
    uint256 private _stoppedUntil;
    Past[] private _past;

    constructor(
        string memory name_,
        string memory symbol_,
        IERC20 asset_,
        IERC4626[] memory strategies_,
        Terms memory terms_
    ) ERC20(name_, symbol_) StrategyBook(asset_, strategies_, terms_.limits) {
        IModelRegistry.VersionInfo memory info =
            IModelRegistry(terms_.verifier.registry()).infoOf(terms_.modelId, terms_.version);
        if (
            info.status != IModelRegistry.VersionStatus.Active || info.inputSignals != 1 || info.outputSignals != 1
                || terms_.one <= 0
        ) revert TermsInvalid();
        (_verifier, _modelId, _version, _one) = (terms_.verifier, terms_.modelId, terms_.version, terms_.one);
        observedAt = block.timestamp;
        // Nothing is in strategies yet.
        mark = _lastValue = _valueOfShare(MoveLimits.sum(new MoveLimits.Quote[](0), _idle()));
    }

    /// @inheritdoc IGuardedVault
    function observe() external nonReentrant {
        Limits memory limits = _limits;
        _requirePast(observedAt + limits.interval);
        MoveLimits.Quote[] memory quotes = _quotes();
        for (uint256 k; k < quotes.length; ++k) {
            Position storage position = _positions[k];
            uint256 price = PriceWalk.next(position.price, quotes[k].price, limits.band);
            position.changes = PriceWalk.push(position.changes, position.price, price);
            position.price = uint128(price);
            quotes[k].observed = price;
        }
        observedAt = block.timestamp;
        ++observations;
        uint256 value = _valueOfShare(MoveLimits.sum(quotes, _idle()));
        emit Observed(++round, _features(), value);
        _judge(value, limits);
    }

    /// @inheritdoc IGuardedVault
    function execute(IInferenceVerifier.Inference calldata inference)
        external
        nonReentrant
        returns (uint256 strategy, bool into, uint256 amount)
    {
        if (inference.nonce != round) revert StaleRound(round, inference.nonce);
        // Reverts unless the proof is valid and made for this contract and this round.
        _verifier.certify(_modelId, _version, inference);
        uint256 expected = features();
        if (inference.statement[0] != expected) revert StaleFeatures(expected, inference.statement[0]);

        State memory state = _stateForAMove();
        // The lesser: a price that is talked up would raise the targets of all other strategies.
        uint256 total = state.whole.lesser;
        uint256 one = uint256(int256(_one));
        MoveLimits.Move memory best;
        for (uint256 k; k < state.quotes.length; ++k) {
            int256 lane = PackedOutputs.lane(inference.statement, 1, k);
            uint256 target = lane <= 0 ? 0 : total * Math.min(uint256(lane), one) / one;
            MoveLimits.Move memory move = _towards(k, state, target);
            if (move.amount > best.amount) best = move;
        }
        return (best.strategy, best.into, _make(best, state.whole));
    }

    /// @inheritdoc IGuardedVault
    function retreat(uint256 strategy) external nonReentrant returns (uint256) {
        if (_stoppedUntil == 0) revert NotStopped();
        State memory state = _stateForAMove();
        MoveLimits.Move memory move = _towards(strategy, state, 0);
        // Else one that lets little out at a time would use up the cool-down of all.
        for (uint256 k; k < state.quotes.length; ++k) {
            if (move.amount < _towards(k, state, 0).amount / 2) revert RetreatTooSmall(k);
        }
        return _make(move, state.whole);
    }

    /// @inheritdoc IGuardedVault
    function features() public view returns (uint256) {
        if (observations < HISTORY) revert HistoryTooShort(observations);
        return _features();
    }

    /// @inheritdoc IGuardedVault
    function roomOf(uint256 strategy) external view nonReentrantView returns (uint256 into, uint256 out) {
        State memory state = _state();
        into = _roomInto(strategy, state);
        out = _towards(strategy, state, 0).amount;
    }

    /// @inheritdoc IGuardedVault
    function movedAt() public view returns (uint256) {
        return _past.length == 0 ? 0 : _past[_past.length - 1].time;
    }

    /// @inheritdoc IGuardedVault
    function shareValue() external view nonReentrantView returns (uint256) {
        return _valueOfShare(_whole());
    }

    /// @inheritdoc IGuardedVault
    function stoppedUntil() public view override returns (uint256) {
        return _stoppedUntil;
    }

    /// @notice What was fixed at deployment.
    function terms() external view returns (Terms memory) {
        return Terms(_verifier, _modelId, _version, _one, _limits);
    }

    /// @dev Moves the mark up, stops or resumes.
    function _judge(uint256 value, Limits memory limits) private {
        if (_stoppedUntil != 0) {
            if (block.timestamp < _stoppedUntil) return;
            (_stoppedUntil, mark, _lastValue) = (0, value, value);
            emit Resumed(value);
            return;
        }
        mark = Math.max(mark, Math.min(value, _lastValue));
        _lastValue = value;
        if (value >= _floorOf(limits)) return;
        _stoppedUntil = block.timestamp + limits.rest;
        emit Stopped(value, mark, _stoppedUntil);
    }

    /// @dev Makes a move. Where the strategy fails, only that is noted.
    function _make(MoveLimits.Move memory move, MoveLimits.Whole memory whole) private returns (uint256) {
        if (move.amount == 0) revert NothingToMove();
        uint256 k = move.strategy;
        uint256 proven = round++;
        bytes memory data =
            move.into ? abi.encodeCall(this.push, (k, move.amount)) : abi.encodeCall(this.pull, (k, move.shares));
        if (!_callSelf(data)) {
            _positions[k].failedAt = uint48(block.timestamp);
            emit Failed(proven, k, move.into);
            return 0;
        }
        if (!move.into) _release(k, move.shares);
        _past.push(Past(uint48(block.timestamp), move.into, uint64(MoveLimits.shareOf(whole, move.amount))));
        emit Moved(proven, k, move.into, move.amount);
        return move.amount;
    }

    /// @dev The move that brings a strategy closest to its target within the limits; none where the strategy failed a
    ///      short time ago.
    function _towards(uint256 k, State memory state, uint256 target)
        private
        view
        returns (MoveLimits.Move memory move)
    {
        move.strategy = k;
        uint256 failedAt = _positions[k].failedAt;
        if (failedAt != 0 && block.timestamp < failedAt + state.limits.interval) return move;
        MoveLimits.Quote memory quote = state.quotes[k];
        uint256 held = PriceWalk.valueOf(quote.shares, quote.price);
        if (target > held) {
            (move.into, move.amount) = (true, Math.min(target - held, _roomInto(k, state)));
        } else if (held > target) {
            uint256 high = MoveLimits.highOf(quote);
            uint256 room = MoveLimits.roomOut(state.limits, state.whole, _spent(false));
            uint256 shares = Math.mulDiv(quote.shares, held - target, held);
            shares = Math.min(shares, quote.shares * room / high);
            shares = Math.min(shares, _ask(k, abi.encodeCall(IERC4626.maxRedeem, (address(this)))));
            // Shares that are worth nothing would be refused.
            if (PriceWalk.valueOf(shares, quote.price) == 0) return move;
            move.shares = shares;
            move.amount = Math.min(Math.ceilDiv(shares * high, quote.shares), room);
        }
    }

    /// @dev What may go into a strategy now; nothing after a fall, or where its price is far from what was observed.
    function _roomInto(uint256 k, State memory state) private view returns (uint256) {
        MoveLimits.Quote memory quote = state.quotes[k];
        if (_stoppedUntil != 0 || _valueOfShare(state.whole) < _floorOf(state.limits)) return 0;
        if (!PriceWalk.isNear(quote.observed, quote.price, state.limits.band)) return 0;
        uint256 taken = _ask(k, abi.encodeCall(IERC4626.maxDeposit, (address(this))));
        uint256 high = MoveLimits.highOf(quote);
        return Math.min(taken, MoveLimits.roomInto(state.limits, state.whole, high, _spent(true)));
    }

    /// @dev The share that moves of one direction had together in the last 24 hours. At most 25: a cool-down is an hour
    ///      or more.
    function _spent(bool into) private view returns (uint256 sum) {
        for (uint256 i = _past.length; i != 0; --i) {
            Past memory past = _past[i - 1];
            if (past.time + 1 days <= block.timestamp) break;
            if (past.into == into) sum += past.share;
        }
    }

    /// @dev Reverts where the move before was a short time ago.
    function _stateForAMove() private view returns (State memory) {
        _requirePast(movedAt() + _limits.cooldown);
        return _state();
    }

    function _state() private view returns (State memory state) {
        (state.quotes, state.limits) = (_quotes(), _limits);
        state.whole = MoveLimits.sum(state.quotes, _idle());
    }

    function _valueOfShare(MoveLimits.Whole memory whole) private view returns (uint256) {
        return (whole.lesser + 1) * RAY / _allShares();
    }

    /// @dev The value of a share below which no money goes into strategies.
    function _floorOf(Limits memory limits) private view returns (uint256) {
        return mark - MoveLimits.part(mark, limits.drawdown);
    }

    /// @dev The four changes of each strategy: 32 bits each.
    function _features() private view returns (uint256 word) {
        for (uint256 k = _positions.length; k != 0; --k) {
            word = word << 32 | _positions[k - 1].changes;
        }
    }

    function _requirePast(uint256 from) private view {
        if (block.timestamp < from) revert TooEarly(from);
    }
}
