// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IInferenceVerifier} from "./IInferenceVerifier.sol";
import {IERC4626} from "@openzeppelin/contracts/interfaces/IERC4626.sol";

/// @title A vault that a model steers and limits restrain
/// @notice An ERC-4626 vault whose money stands idle or in a few ERC-4626 strategies, fixed at deployment. A pinned
///         model says from the strategies' past which share of the whole each should have; whoever brings the proof
///         makes one move towards that. Whatever the model says, no move is larger than the limits allow. Depositors
///         leave whenever they want, with their part of everything.
/// @dev The model's input is public, four lanes of 8 bits for each strategy in one signal (`--input public
///      --input-range 0,255`), and this contract computes all of it. The asset must be a plain ERC-20: no fee on
///      transfers, no rebasing. Shares of the vault have six more decimals than the asset (OpenZeppelin's virtual
///      shares). Of ERC-4626, `withdraw` alone is off (`maxWithdraw` is 0): shares are redeemed for a part of
///      everything, not for an amount that would hang on prices.
interface IGuardedVault {
    /// @notice What no move may exceed; shares are in ten-thousandths, times in seconds. The whole is reckoned low:
    ///         each position at its cost, its price now or its observed price, whichever is least.
    /// @param move Share of the whole that a single move may have.
    /// @param day Share of the whole that moves of any 24 hours may have together, into strategies; and out of them.
    /// @param share Share of the whole that one strategy may have after a move into it.
    /// @param reserve Share of the whole that stays idle at least after a move into a strategy.
    /// @param drawdown Fall of a share's value below its mark that stops the vault.
    /// @param band Change of a price that one observation believes.
    /// @param slippage What a strategy may give less than its price says.
    /// @param cooldown Time between moves; at least an hour.
    /// @param interval Time between observations; at least a day.
    /// @param rest How long a stop lasts.
    /// @param callGas What a move or a depositor's leaving may burn in a strategy, 200,000 to 3,000,000; a quarter of it
    ///                where it is asked for a price.
    struct Limits {
        uint16 move;
        uint16 day;
        uint16 share;
        uint16 reserve;
        uint16 drawdown;
        uint16 band;
        uint16 slippage;
        uint32 cooldown;
        uint32 interval;
        uint32 rest;
        uint32 callGas;
    }

    /// @notice What is fixed at deployment.
    /// @param verifier Where proofs are verified.
    /// @param modelId The model that proposes.
    /// @param version Its version, pinned for good.
    /// @param one The integer output that stands for the whole, each position at its price now or as observed, whichever
    ///            is less; other outputs are in proportion, negative ones are zero.
    struct Terms {
        IInferenceVerifier verifier;
        uint256 modelId;
        uint32 version;
        int32 one;
        Limits limits;
    }

    /// @notice What the vault has in a strategy, and knows of it.
    /// @param shares The strategy's shares; those owed to depositors who left are not among them.
    /// @param cost What was paid for them, in units of the asset.
    /// @param price Units of the asset for 10^24 shares, as last observed.
    /// @param changes The last four changes of the price, 8 bits each, the latest lowest: 128 + change in steps of 8
    ///                ten-thousandths, within 0 to 255.
    /// @param failedAt When it last failed a move, in seconds since 1970; it is left alone for an interval then.
    struct Position {
        uint128 shares;
        uint128 cost;
        uint128 price;
        uint32 changes;
        uint48 failedAt;
    }

    /// @notice Prices were observed; a proof for the round before is worthless.
    event Observed(uint256 indexed round, uint256 features, uint256 shareValue);

    /// @notice Money went into a strategy or out of it, by a proof or, where the vault is stopped, by anyone.
    /// @param amount In units of the asset; of a move out, what the shares stand for at most (see {roomOf}).
    event Moved(uint256 indexed round, uint256 indexed strategy, bool into, uint256 amount);

    /// @notice A strategy failed a move that was proven for it: it reverted, burned its gas, or broke its promise.
    event Failed(uint256 indexed round, uint256 indexed strategy, bool into);

    /// @notice A share's value fell too far below its mark: no more money goes into strategies.
    event Stopped(uint256 shareValue, uint256 mark, uint256 until);

    /// @notice The stop is over; the mark starts anew at what there is.
    event Resumed(uint256 mark);

    /// @notice A strategy did not pay a depositor who left, who may claim its shares instead.
    event Owed(uint256 indexed strategy, address indexed account, uint256 shares);

    /// @notice Shares of a strategy were handed over.
    event Claimed(uint256 indexed strategy, address indexed account, address indexed to, uint256 shares);

    /// @notice The version is not active, or has other than one input and one output signal; a limit is out of its
    ///         range; there are none or more than four strategies, one twice, of another asset or without a price.
    error TermsInvalid();

    /// @notice The proof is for another round: prices were observed, or money moved, since it was made.
    error StaleRound(uint256 expected, uint256 actual);

    /// @notice The proof is about other prices than were observed.
    error StaleFeatures(uint256 expected, uint256 actual);

    /// @notice Four observations must come before the first move.
    error HistoryTooShort(uint256 observations);

    /// @notice The move before, or the observation before, was a short time ago.
    error TooEarly(uint256 from);

    /// @notice The proposal asks for nothing, or the limits leave nothing of it.
    error NothingToMove();

    /// @notice The vault is not stopped.
    error NotStopped();

    /// @notice Another strategy lets more than twice as much out: it comes first.
    error RetreatTooSmall(uint256 other);

    /// @notice A strategy took or gave something else than its price says.
    error PromiseBroken(uint256 strategy, uint256 promised, uint256 actual);

    /// @notice A deposit would give fewer shares than its depositor accepts.
    error SharesTooFew(uint256 shares, uint256 least);

    /// @notice The asset came in short: it takes a fee.
    error AssetTaxed();

    /// @notice Only the vault calls itself.
    error NotSelf(address caller);

    /// @notice The caller has no claim on this strategy's shares.
    error NothingOwed(uint256 strategy, address account);

    /// @notice Records the strategies' prices, at least an interval after the last time; stops the vault or resumes.
    ///         Anyone may.
    function observe() external;

    /// @notice Makes the move that a proof for this contract and the current round proposes. Anyone may.
    /// @return strategy Index of the strategy.
    /// @return into Whether money went into it, not out of it.
    /// @return amount In units of the asset, as in {Moved}; 0 where the strategy failed.
    function execute(IInferenceVerifier.Inference calldata inference)
        external
        returns (uint256 strategy, bool into, uint256 amount);

    /// @notice Moves as much as the limits allow out of a strategy while the vault is stopped, where that is at least half
    ///         of what any other would let out. Anyone may.
    function retreat(uint256 strategy) external returns (uint256 amount);

    /// @notice ERC-4626's `deposit`, which reverts where it would give fewer shares than wanted.
    function deposit(uint256 assets, address receiver, uint256 minShares) external returns (uint256 shares);

    /// @notice Hands over the shares of a strategy that the caller is owed.
    function claim(uint256 strategy, address to) external returns (uint256 shares);

    /// @notice Redeems a strategy's shares, or reverts where it pays less than they are worth at its price. The vault
    ///         calls this on itself, so that it goes on where a strategy fails.
    function pull(uint256 strategy, uint256 shares) external;

    /// @notice Puts idle money into a strategy, or reverts where it takes another amount, or gives shares worth less at
    ///         its price before or after. The vault calls this on itself.
    function push(uint256 strategy, uint256 amount) external;

    /// @notice The public signal that a proof must show now: the strategies' {Position} changes, 32 bits each, the
    ///         first lowest.
    function features() external view returns (uint256);

    /// @notice What a proof could move now but for the cool-down, if it proposed as much as it can, in units of the
    ///         asset.
    /// @return into Into the strategy, if it did not fail within an interval.
    /// @return out Out of it, its shares reckoned high: at their cost, price now or observed price, whichever is most.
    function roomOf(uint256 strategy) external view returns (uint256 into, uint256 out);

    /// @notice The nonce of proofs now: grows with each observation and each move.
    function round() external view returns (uint256);

    function observations() external view returns (uint256);

    /// @notice When prices were last observed, in seconds since 1970.
    function observedAt() external view returns (uint256);

    /// @notice When money last moved.
    function movedAt() external view returns (uint256);

    /// @notice The highest value that a share had in two observations running, or since the last stop; 27 decimals,
    ///         for the smallest unit of a share.
    function mark() external view returns (uint256);

    /// @notice What a share is worth, each position at its price now or as observed, whichever is less.
    function shareValue() external view returns (uint256);

    /// @notice From when on an observation ends the stop; 0 where the vault is not stopped.
    function stoppedUntil() external view returns (uint256);

    /// @notice Shares of a strategy that an account may claim.
    function owed(uint256 strategy, address account) external view returns (uint256);

    function strategies() external view returns (IERC4626[] memory);

    function positionIn(uint256 strategy) external view returns (Position memory);
}
