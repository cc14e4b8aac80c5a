// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Credits} from "./Credits.sol";
import {IAccessGrants} from "./interfaces/IAccessGrants.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {ModelRoyalty} from "./libraries/ModelRoyalty.sol";
import {RecordHash} from "./libraries/RecordHash.sol";
import {TokenHolder} from "./libraries/TokenHolder.sol";
import {Vesting} from "./libraries/Vesting.sol";

/// @title Grants of access to models and datasets
/// @dev See {IAccessGrants}. What makes it safe:
///      1. Money is escrow of grants or credit, and moves between them; the balance is their sum. The only call that is
///         no static one is a withdrawal, after the credit is gone. So no lock is needed.
///      2. A price cannot bite: the buyer pays at most what it sends, and names the period. A sold grant cannot be taken
///         for nothing: what is open of its price goes back to its user, who is always the one who paid.
///      3. Registries are asked whom a token belongs to, and for its royalty under a gas cap; they cannot make anything
///         that concerns others' tokens fail. Conditions are kept here, so that reading them asks nobody.
contract AccessGrants is IAccessGrants, Credits {
    using Vesting for Grant;

    uint256 private constant MOST_CONDITIONS = 16;
    /// @dev {ModelRoyalty} believes no more.
    uint256 private constant HALF = 5_000;

    mapping(address registry => mapping(uint256 tokenId => mapping(address user => Grant))) private _grants;
    mapping(address registry => mapping(uint256 tokenId => Offer)) private _offers;
    mapping(address modelUser => Condition[]) private _conditions;

    modifier onlyHolder(address registry, uint256 tokenId) {
        if (TokenHolder.holderOf(registry, tokenId) != msg.sender) {
            revert NotTokenHolder(registry, tokenId, msg.sender);
        }
        _;
    }

    /// @inheritdoc IAccessGrants
    function grant(address registry, uint256 tokenId, address user, uint48 expires)
        external
        onlyHolder(registry, tokenId)
    {
        if (user == address(0)) revert NoUser();
        Grant storage given = _grants[registry][tokenId][user];
        uint48 current = given.expires;
        if (expires <= current || expires < block.timestamp) revert ExpiryNotLater(current, expires);
        given.expires = expires;
        emit AccessGranted(registry, tokenId, user, expires);
    }

    /// @inheritdoc IAccessGrants
    function revoke(address registry, uint256 tokenId, address user) external onlyHolder(registry, tokenId) {
        Grant memory given = _grants[registry][tokenId][user];
        if (given.expires == 0) revert NoGrant(registry, tokenId, user);
        uint256 earned = given.take();
        delete _grants[registry][tokenId][user];
        _pay(registry, tokenId, user, msg.sender, earned);
        _credit(user, given.escrow);
        emit AccessRevoked(registry, tokenId, user, given.escrow);
    }

    /// @inheritdoc IAccessGrants
    function setOffer(address registry, uint256 tokenId, uint96 price, uint32 period, uint48 until)
        external
        onlyHolder(registry, tokenId)
    {
        if (period == 0 || until < block.timestamp) revert OfferInvalid();
        _offers[registry][tokenId] = Offer(msg.sender, price, period, until);
        emit OfferSet(registry, tokenId, price, period, until);
    }

    /// @inheritdoc IAccessGrants
    function clearOffer(address registry, uint256 tokenId) external onlyHolder(registry, tokenId) {
        delete _offers[registry][tokenId];
        emit OfferSet(registry, tokenId, 0, 0, 0);
    }

    /// @inheritdoc IAccessGrants
    function buy(address registry, uint256 tokenId, uint32 periods, uint32 leastPeriod)
        external
        payable
        returns (uint48 expires)
    {
        Offer memory offer = _offers[registry][tokenId];
        address holder = TokenHolder.holderOf(registry, tokenId);
        if (offer.period == 0 || offer.seller != holder || block.timestamp > offer.until) {
            revert NoOffer(registry, tokenId);
        }
        if (periods == 0 || offer.period < leastPeriod) revert PeriodTooShort(offer.period, leastPeriod);
        uint256 cost = uint256(offer.price) * periods;
        if (cost > msg.value || cost > type(uint96).max) revert PriceTooHigh(cost, msg.value);

        Grant memory bought = _grants[registry][tokenId][msg.sender];
        uint256 earned = bought.take();
        bought.extend(uint256(offer.period) * periods, uint96(cost));
        _grants[registry][tokenId][msg.sender] = bought;
        _pay(registry, tokenId, msg.sender, holder, earned);
        _credit(msg.sender, msg.value - cost);
        expires = bought.expires;
        emit AccessBought(registry, tokenId, msg.sender, periods, cost);
        emit AccessGranted(registry, tokenId, msg.sender, expires);
    }

    /// @inheritdoc IAccessGrants
    function collect(address registry, uint256 tokenId, address user) external returns (uint256 amount) {
        address holder = TokenHolder.holderOf(registry, tokenId);
        Grant memory paid = _grants[registry][tokenId][user];
        amount = paid.take();
        if (amount == 0 || holder == address(0)) revert NothingToCollect(registry, tokenId, user);
        _grants[registry][tokenId][user] = paid;
        _pay(registry, tokenId, user, holder, amount);
    }

    /// @inheritdoc IAccessGrants
    function addCondition(
        address modelRegistry,
        uint256 modelId,
        uint32 version,
        address datasetRegistry,
        uint256 datasetId
    ) external onlyHolder(modelRegistry, modelId) {
        Condition[] storage conditions = _conditions[modelUser(modelRegistry, modelId, version)];
        uint256 count = conditions.length;
        if (count == MOST_CONDITIONS) revert TooManyConditions();
        for (uint256 i; i < count; ++i) {
            Condition storage other = conditions[i];
            if (other.registry == datasetRegistry && other.datasetId == datasetId) {
                revert ConditionRepeated(datasetRegistry, datasetId);
            }
        }
        conditions.push(Condition(datasetRegistry, datasetId));
        emit ConditionAdded(modelRegistry, modelId, version, datasetRegistry, datasetId);
    }

    /// @inheritdoc IAccessGrants
    function hasAccess(address registry, uint256 tokenId, address user) external view returns (bool) {
        return _until(registry, tokenId, user) >= block.timestamp;
    }

    /// @inheritdoc IAccessGrants
    function isUsable(address modelRegistry, uint256 modelId, uint32 version) external view returns (bool) {
        return _usableUntil(modelRegistry, modelId, version) >= block.timestamp;
    }

    /// @inheritdoc IAccessGrants
    function accessUntil(address modelRegistry, uint256 modelId, uint32 version, address user)
        external
        view
        returns (uint48)
    {
        uint48 usable = _usableUntil(modelRegistry, modelId, version);
        uint48 granted = _until(modelRegistry, modelId, user);
        return granted < usable ? granted : usable;
    }

    /// @inheritdoc IAccessGrants
    function conditionsOf(address modelRegistry, uint256 modelId, uint32 version)
        external
        view
        returns (Condition[] memory)
    {
        return _conditions[modelUser(modelRegistry, modelId, version)];
    }

    /// @inheritdoc IAccessGrants
    function grantOf(address registry, uint256 tokenId, address user) external view returns (Grant memory) {
        return _grants[registry][tokenId][user];
    }

    /// @inheritdoc IAccessGrants
    function offerOf(address registry, uint256 tokenId) external view returns (Offer memory) {
        return _offers[registry][tokenId];
    }

    /// @inheritdoc IAccessGrants
    function modelUser(address modelRegistry, uint256 modelId, uint32 version) public view returns (address) {
        return address(uint160(uint256(RecordHash.versionSubject(modelRegistry, modelId, version))));
    }

    /// @dev Splits what a user paid for the time that has passed.
    function _pay(address registry, uint256 tokenId, address user, address holder, uint256 amount) private {
        if (amount == 0) return;
        (address receiver, uint256 royalty) = ModelRoyalty.share(registry, tokenId, amount, HALF);
        _credit(receiver, royalty);
        _credit(holder, amount - royalty);
        emit PaymentCollected(registry, tokenId, user, amount, royalty);
    }

    function _until(address registry, uint256 tokenId, address user) private view returns (uint48) {
        bool holds = user != address(0) && TokenHolder.holderOf(registry, tokenId) == user;
        return holds ? type(uint48).max : _grants[registry][tokenId][user].expires;
    }

    function _usableUntil(address modelRegistry, uint256 modelId, uint32 version)
        private
        view
        returns (uint48 until)
    {
        IModelRegistry.VersionStatus status = IModelRegistry(modelRegistry).infoOf(modelId, version).status;
        bool stands =
            status == IModelRegistry.VersionStatus.Active || status == IModelRegistry.VersionStatus.Deprecated;
        if (!stands) return 0;
        until = type(uint48).max;
        address user = modelUser(modelRegistry, modelId, version);
        Condition[] storage conditions = _conditions[user];
        for (uint256 i; i < conditions.length; ++i) {
            uint48 expires = _grants[conditions[i].registry][conditions[i].datasetId][user].expires;
            if (expires < until) until = expires;
        }
    }
}
