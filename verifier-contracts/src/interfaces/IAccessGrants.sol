// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {ICredits} from "./ICredits.sol";

/// @title Grants of access to models and datasets: many users at a time, limited in time, revocable, given or sold
/// @notice The holder of an ERC-721 token, of whatever registry, grants accounts its use until a time, as ERC-4907 does
///         for one user. It may sell grants by an offer: the price of a period. What is paid is held here, falls to the
///         token's holder bit by bit as the time passes, and what is left when the holder revokes goes back to the user.
///         So revoking is always possible, and taking money for nothing is not.
///
///         A version of a model may need grants of datasets: its holder attaches conditions, for good, and the grant of
///         the dataset's holder *to the version* ({modelUser}) is its consent. Where one is revoked or ends, the version
///         is not usable.
/// @dev A transfer of the token leaves grants as they are, as a sale leaves a lease: the new holder may revoke, and has
///      what is collected from then on. An offer is the word of who made it, and holds while that account holds the
///      token. There is no administrator.
///      All is kept by registry: a contract that lies about its tokens concerns its own alone.
interface IAccessGrants is ICredits {
    /// @notice A user's access to one token.
    /// @param expires Last second of access, since 1970; 0 for none.
    /// @param vestedFrom From when on `escrow` falls to the holder, evenly until `paidUntil`.
    /// @param paidUntil Last second that is paid for.
    /// @param escrow What was paid and is nobody's yet, in wei.
    struct Grant {
        uint48 expires;
        uint48 vestedFrom;
        uint48 paidUntil;
        uint96 escrow;
    }

    /// @notice At what price anyone may buy access.
    /// @param seller Who offers; while it holds the token.
    /// @param price Of one period, in wei.
    /// @param period In seconds.
    /// @param until Last second of the offer, since 1970.
    struct Offer {
        address seller;
        uint96 price;
        uint32 period;
        uint48 until;
    }

    /// @notice A dataset whose grant a version of a model needs.
    struct Condition {
        address registry;
        uint256 datasetId;
    }

    /// @notice A user has access until `expires`, given or bought.
    event AccessGranted(address indexed registry, uint256 indexed tokenId, address indexed user, uint48 expires);

    /// @notice A user's access was taken back, and what was paid for the rest of the time went back to it, in wei.
    event AccessRevoked(address indexed registry, uint256 indexed tokenId, address indexed user, uint256 refund);

    /// @notice A user bought `periods` for `cost`, in wei.
    event AccessBought(
        address indexed registry, uint256 indexed tokenId, address indexed user, uint32 periods, uint256 cost
    );

    /// @notice Time passed that a user had paid for: `amount` in wei was credited, `royalty` of it not to the holder.
    event PaymentCollected(
        address indexed registry, uint256 indexed tokenId, address indexed user, uint256 amount, uint256 royalty
    );

    /// @notice The holder offers access; `until` is 0 where it took the offer back.
    event OfferSet(address indexed registry, uint256 indexed tokenId, uint96 price, uint32 period, uint48 until);

    /// @notice A version of a model needs the grant of a dataset, for good.
    event ConditionAdded(
        address indexed modelRegistry,
        uint256 indexed modelId,
        uint32 indexed version,
        address datasetRegistry,
        uint256 datasetId
    );

    /// @notice The caller does not hold the token, or there is none.
    error NotTokenHolder(address registry, uint256 tokenId, address caller);

    /// @notice The zero address uses nothing.
    error NoUser();

    /// @notice A grant is only ever made longer; {revoke} ends it.
    error ExpiryNotLater(uint48 current, uint48 given);

    /// @notice The user has no grant.
    error NoGrant(address registry, uint256 tokenId, address user);

    /// @notice An offer has a period, and does not end before it begins.
    error OfferInvalid();

    /// @notice The token's holder offers nothing now.
    error NoOffer(address registry, uint256 tokenId);

    /// @notice The buyer wants at least one period, and none shorter than it names.
    error PeriodTooShort(uint32 period, uint32 least);

    /// @notice The price is above what was sent.
    error PriceTooHigh(uint256 cost, uint256 sent);

    /// @notice A version has at most 16 conditions.
    error TooManyConditions();

    /// @notice The version has this condition.
    error ConditionRepeated(address registry, uint256 datasetId);

    /// @notice No time has passed that was paid for.
    error NothingToCollect(address registry, uint256 tokenId, address user);

    /// @notice Gives a user access until `expires`, inclusive, later than it had. Holder only.
    /// @param user An account, or {modelUser} of a version of a model.
    function grant(address registry, uint256 tokenId, address user, uint48 expires) external;

    /// @notice Ends a user's access at once. What it paid for the rest of the time is credited to it. Holder only.
    function revoke(address registry, uint256 tokenId, address user) external;

    /// @notice Offers access at a price, in place of any offer before. Holder only.
    /// @param price Of one period, in wei.
    /// @param period In seconds, not zero.
    /// @param until Last second of the offer.
    function setOffer(address registry, uint256 tokenId, uint96 price, uint32 period, uint48 until) external;

    /// @notice Takes the offer back. Holder only.
    function clearOffer(address registry, uint256 tokenId) external;

    /// @notice Buys the caller access for so many periods, after what it has already. The value sent is the most it pays;
    ///         the rest is credited to it.
    /// @param periods How many.
    /// @param leastPeriod The shortest period that the caller accepts, in seconds.
    /// @return expires Last second of access.
    function buy(address registry, uint256 tokenId, uint32 periods, uint32 leastPeriod)
        external
        payable
        returns (uint48 expires);

    /// @notice Credits the token's holder, and the receiver of its royalty (ERC-2981), with what a user paid for the time
    ///         that has passed. Anyone may call.
    /// @return amount In wei, the royalty included.
    function collect(address registry, uint256 tokenId, address user) external returns (uint256 amount);

    /// @notice Makes the grant of a dataset a condition of a version of a model, for good. The model's holder only; the
    ///         version may be one that is still to be published.
    function addCondition(
        address modelRegistry,
        uint256 modelId,
        uint32 version,
        address datasetRegistry,
        uint256 datasetId
    ) external;

    /// @notice Whether an account may use a token now: it has a grant, or holds the token.
    function hasAccess(address registry, uint256 tokenId, address user) external view returns (bool);

    /// @notice Whether a version is active or deprecated, and all datasets that it needs are granted to it now.
    function isUsable(address modelRegistry, uint256 modelId, uint32 version) external view returns (bool);

    /// @notice Until when an account may use a version of a model, as things stand: the first of its grant's end and of
    ///         those of the version's conditions. The past, or 0, means not at all.
    /// @dev For those who remember the answer for a while, or whose chain rarely makes blocks.
    function accessUntil(address modelRegistry, uint256 modelId, uint32 version, address user)
        external
        view
        returns (uint48);

    /// @notice For whom a dataset's holder grants access to a version of a model: nobody has this address' key.
    function modelUser(address modelRegistry, uint256 modelId, uint32 version) external view returns (address);

    /// @notice What a version of a model needs.
    function conditionsOf(address modelRegistry, uint256 modelId, uint32 version)
        external
        view
        returns (Condition[] memory);

    /// @notice A user's grant.
    function grantOf(address registry, uint256 tokenId, address user) external view returns (Grant memory);

    /// @notice The offer that was made last, whether it holds or not; see {buy}.
    function offerOf(address registry, uint256 tokenId) external view returns (Offer memory);
}
