// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Credits} from "./Credits.sol";
import {IInferenceCallback} from "./interfaces/IInferenceCallback.sol";
import {IInferenceOracle} from "./interfaces/IInferenceOracle.sol";
import {IInferenceVerifier} from "./interfaces/IInferenceVerifier.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {GasPromise} from "./libraries/GasPromise.sol";
import {ModelRoyalty} from "./libraries/ModelRoyalty.sol";

/// @title Oracle of proven inferences
/// @dev See {IInferenceOracle}. What makes it safe:
///      1. A proof is made for this contract and {nonceOf} its request, payee and fee: it serves one request, and pays
///         whom its maker chose, whoever sends it.
///      2. A request is closed before anybody is called, and all money is credits: the balance is the sum of the
///         credits and of the fees of open requests, whatever is called in between. So no lock is needed.
///      3. Whoever sends an answer cannot starve the asker's callback or the question about the royalty: both get the
///         gas they are promised, or all reverts. Neither can make the answer fail.
///      4. An answer is accepted up to the deadline, a refund after it; of a revoked version no answer is accepted, so
///         the refund need not wait.
contract InferenceOracle is IInferenceOracle, Credits {
    uint256 private constant LONGEST_WAIT = 365 days;
    /// @dev A transaction has 2^24 gas at most (EIP-7825).
    uint256 private constant MOST_CALLBACK_GAS = 5_000_000;

    /// @inheritdoc IInferenceOracle
    IInferenceVerifier public immutable verifier;

    /// @inheritdoc IInferenceOracle
    IModelRegistry public immutable registry;

    /// @inheritdoc IInferenceOracle
    uint256 public requestCount;

    mapping(uint256 requestId => Request) private _requests;

    /// @param verifier_ Where proofs are verified, for good; its registry is the one whose models are asked.
    constructor(IInferenceVerifier verifier_) {
        verifier = verifier_;
        registry = IModelRegistry(verifier_.registry());
    }

    /// @inheritdoc IInferenceOracle
    function requestInference(Question calldata question) external payable returns (uint256 requestId) {
        uint48 deadline = question.deadline;
        if (deadline < block.timestamp || deadline > block.timestamp + LONGEST_WAIT) {
            revert DeadlineInvalid(deadline);
        }
        if (
            msg.value > type(uint96).max || question.callbackGas > MOST_CALLBACK_GAS
                || question.modelId > type(uint96).max
        ) revert ValueTooLarge();

        requestId = requestCount++;
        Request memory request = Request({
            asker: msg.sender,
            deadline: deadline,
            callbackGas: question.callbackGas,
            status: Status.Open,
            version: _usableVersion(question),
            maxFee: uint96(msg.value),
            modelId: uint96(question.modelId),
            inputSignals: uint16(question.input.length), // which is the version's
            royaltyBps: ModelRoyalty.quote(address(registry), question.modelId, msg.value),
            contentHash: _hash(question.input)
        });
        _requests[requestId] = request;
        emit InferenceRequested(
            requestId,
            question.modelId,
            msg.sender,
            request.version,
            request.maxFee,
            deadline,
            request.callbackGas,
            request.royaltyBps,
            question.input,
            question.data
        );
    }

    /// @inheritdoc IInferenceOracle
    function fulfil(Fulfilment calldata fulfilment) external {
        uint256 requestId = fulfilment.requestId;
        Request memory request = _requests[requestId];
        Outcome outcome = _beforeProof(request, fulfilment);
        if (outcome != Outcome.Fulfilled) revert FulfilmentRefused(requestId, outcome);
        verifier.certify(request.modelId, request.version, _inferenceOf(fulfilment));
        _settle(request, fulfilment);
        _callBack(request, requestId, fulfilment.statement);
    }

    /// @inheritdoc IInferenceOracle
    function fulfilEach(uint256 modelId, uint32 version, Fulfilment[] calldata fulfilments)
        external
        returns (Outcome[] memory outcomes)
    {
        outcomes = _outcomes(modelId, version, fulfilments);
        for (uint256 i; i < fulfilments.length; ++i) {
            if (outcomes[i] != Outcome.Fulfilled) continue;
            Request memory request = _requests[fulfilments[i].requestId];
            if (request.status == Status.Open) _settle(request, fulfilments[i]);
            else outcomes[i] = Outcome.RequestNotOpen; // an element before it answered the same request
        }
        for (uint256 i; i < fulfilments.length; ++i) {
            if (outcomes[i] != Outcome.Fulfilled) continue;
            uint256 requestId = fulfilments[i].requestId;
            _callBack(_requests[requestId], requestId, fulfilments[i].statement);
        }
    }

    /// @inheritdoc IInferenceOracle
    function redeliver(uint256 requestId, uint256[] calldata statement) external {
        Request storage request = _requests[requestId];
        if (request.status != Status.Undelivered || request.contentHash != _hash(statement)) {
            revert NotRedeliverable(requestId);
        }
        request.status = Status.Fulfilled;
        emit CallbackRepeated(requestId);
        bytes memory data = abi.encodeCall(IInferenceCallback.onInference, (requestId, statement));
        address asker = request.asker;
        GasPromise.ensure(request.callbackGas);
        if (!GasPromise.callWith(type(uint256).max, asker, data)) revert RedeliveryFailed(requestId);
    }

    /// @inheritdoc IInferenceOracle
    function refund(uint256 requestId) external {
        Request memory request = _requests[requestId];
        bool refundable = request.status == Status.Open
            && (block.timestamp > request.deadline || _statusOf(request) == IModelRegistry.VersionStatus.Revoked);
        if (!refundable) revert NotRefundable(requestId);
        _requests[requestId].status = Status.Refunded;
        _credit(request.asker, request.maxFee);
        emit InferenceRefunded(requestId, request.maxFee);
    }

    /// @inheritdoc IInferenceOracle
    function isAnswer(uint256 requestId, uint256[] calldata statement) external view returns (bool) {
        Request storage request = _requests[requestId];
        Status status = request.status;
        bool answered = status == Status.Fulfilled || status == Status.Undelivered;
        return answered && request.contentHash == _hash(statement);
    }

    /// @inheritdoc IInferenceOracle
    function getRequest(uint256 requestId) external view returns (Request memory) {
        return _requests[requestId];
    }

    /// @inheritdoc IInferenceOracle
    function nonceOf(uint256 requestId, address payee, uint96 fee) public pure returns (uint256) {
        return uint256(keccak256(abi.encode(requestId, payee, fee)));
    }

    /// @dev Closes a request by its proven answer, and credits everybody their share of the fee.
    function _settle(Request memory request, Fulfilment calldata fulfilment) private {
        (uint256 requestId, address payee, uint96 fee) = (fulfilment.requestId, fulfilment.payee, fulfilment.fee);
        Request storage stored = _requests[requestId];
        stored.status = Status.Fulfilled;
        stored.contentHash = _hash(fulfilment.statement);
        (address receiver, uint256 royalty) =
            ModelRoyalty.share(address(registry), request.modelId, fee, request.royaltyBps);
        _credit(receiver, royalty);
        _credit(payee, fee - royalty);
        _credit(request.asker, request.maxFee - fee);
        emit InferenceFulfilled(requestId, payee, fee, uint96(royalty), fulfilment.statement);
    }

    /// @dev Everything is settled: whatever the asker does now, it finds a closed request. If the call fails, all that
    ///      it did is undone, so that repeating it is the first time.
    function _callBack(Request memory request, uint256 requestId, uint256[] calldata statement) private {
        if (request.callbackGas == 0) return;
        bytes memory data = abi.encodeCall(IInferenceCallback.onInference, (requestId, statement));
        GasPromise.ensure(request.callbackGas);
        if (GasPromise.callWith(request.callbackGas, request.asker, data)) return;
        _requests[requestId].status = Status.Undelivered;
        emit CallbackFailed(requestId);
    }

    /// @dev What becomes of each element of a batch; `Fulfilled` may stand twice for one request.
    function _outcomes(uint256 modelId, uint32 version, Fulfilment[] calldata fulfilments)
        private
        view
        returns (Outcome[] memory outcomes)
    {
        outcomes = new Outcome[](fulfilments.length);
        IInferenceVerifier.Inference[] memory inferences = new IInferenceVerifier.Inference[](fulfilments.length);
        uint256 count;
        for (uint256 i; i < fulfilments.length; ++i) {
            Request memory request = _requests[fulfilments[i].requestId];
            outcomes[i] = _beforeProof(request, fulfilments[i]);
            if (outcomes[i] != Outcome.Fulfilled) continue;
            if (request.modelId != modelId || request.version != version) outcomes[i] = Outcome.WrongModel;
            else inferences[count++] = _inferenceOf(fulfilments[i]);
        }
        assembly ("memory-safe") {
            mstore(inferences, count)
        }
        if (verifier.verifyBatch(modelId, version, inferences)) return outcomes;

        IInferenceVerifier.Verdict[] memory verdicts = verifier.checkEach(modelId, version, inferences);
        uint256 next;
        for (uint256 i; i < fulfilments.length; ++i) {
            if (outcomes[i] == Outcome.Fulfilled) outcomes[i] = _outcomeOf(verdicts[next++]);
        }
    }

    /// @dev Everything that can be told without the proof.
    function _beforeProof(Request memory request, Fulfilment calldata fulfilment) private view returns (Outcome) {
        if (request.status != Status.Open) return Outcome.RequestNotOpen;
        if (block.timestamp > request.deadline) return Outcome.DeadlinePassed;
        if (fulfilment.fee > request.maxFee) return Outcome.FeeTooHigh;
        uint256[] calldata statement = fulfilment.statement;
        if (statement.length < request.inputSignals) return Outcome.WrongInput;
        if (_hash(statement[:request.inputSignals]) != request.contentHash) return Outcome.WrongInput;
        return Outcome.Fulfilled;
    }

    function _outcomeOf(IInferenceVerifier.Verdict verdict) private pure returns (Outcome) {
        if (verdict == IInferenceVerifier.Verdict.Valid) return Outcome.Fulfilled;
        if (verdict == IInferenceVerifier.Verdict.VersionRevoked) return Outcome.VersionRevoked;
        return Outcome.ProofInvalid;
    }

    function _inferenceOf(Fulfilment calldata fulfilment) private view returns (IInferenceVerifier.Inference memory) {
        return IInferenceVerifier.Inference({
            proof: fulfilment.proof,
            statement: fulfilment.statement,
            requester: address(this),
            nonce: nonceOf(fulfilment.requestId, fulfilment.payee, fulfilment.fee)
        });
    }

    /// @dev The version that a question pins: deprecation advises against new uses, which an asker that pinned the
    ///      version before may not be free to follow.
    function _usableVersion(Question calldata question) private view returns (uint32 version) {
        version = question.version;
        bool current = version == 0;
        if (current) version = registry.currentVersion(question.modelId);
        IModelRegistry.VersionInfo memory info = registry.infoOf(question.modelId, version);
        bool usable = info.status == IModelRegistry.VersionStatus.Active
            || (info.status == IModelRegistry.VersionStatus.Deprecated && !current);
        if (!usable) revert VersionNotUsable(question.modelId, version);
        if (question.input.length != info.inputSignals) {
            revert InputLengthWrong(info.inputSignals, question.input.length);
        }
    }

    function _statusOf(Request memory request) private view returns (IModelRegistry.VersionStatus) {
        return registry.infoOf(request.modelId, request.version).status;
    }

    function _hash(uint256[] calldata words) private pure returns (bytes32) {
        return keccak256(abi.encodePacked(words));
    }
}
