// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

/// @title Parametric crop insurance decided by proven answers of a risk model
/// @notice One contract insures one region for one season. Providers put money in until sales end; farmers buy
///         policies until then. After the season the region's weather station signs what a policy's plot went
///         through, the farmer asks an inference oracle what the model makes of it, and the proven score decides:
///         at or above the threshold the coverage is paid, once; below it the policy ends.
/// @dev Nobody chooses the outcome: model, version, threshold, station and dates are fixed at deployment, the input
///      is the station's, the score is proven. All terms are the same for all policies, so that a share of the pool
///      is a share of one known risk. There is no administrator.
interface ICropInsurance {
    /// @notice Where a policy stands. It ends once: paid, declined, expired or void.
    /// @dev Active: can be claimed. Claimed: the oracle is asked. Paid, Declined: decided by a proven score.
    ///      Expired: not decided in time. Void: the model's version was revoked; the premium goes back.
    enum Status {
        None,
        Active,
        Claimed,
        Paid,
        Declined,
        Expired,
        Void
    }

    /// @notice What all policies of a contract have in common. Times are seconds since 1970.
    /// @param modelId The model whose score decides.
    /// @param version Its version, pinned for good.
    /// @param threshold Least score that is paid, as the integer that the model's first output has.
    /// @param premiumRate Premium in parts of 10,000 of the coverage; 1 to 9,999.
    /// @param salesEnd Last second at which policies are sold and money is put in; at or before the season's start,
    ///        so that nobody knows the weather yet.
    /// @param seasonStart First second of the season.
    /// @param seasonEnd Last second of the season; claims open after it.
    /// @param claimsEnd Last second at which a claim can be decided.
    /// @param station Who signs the weather: an account, or a contract with ERC-1271.
    struct Terms {
        uint256 modelId;
        uint32 version;
        int32 threshold;
        uint16 premiumRate;
        uint48 salesEnd;
        uint48 seasonStart;
        uint48 seasonEnd;
        uint48 claimsEnd;
        address station;
    }

    /// @notice A policy and its claim.
    /// @param holder Who bought it, claims, and is paid.
    /// @param coverage What is paid, in units of the asset.
    /// @param premium What was paid for it.
    /// @param fee The claim's fee in escrow with the oracle, in wei.
    /// @param status Where it stands.
    /// @param plot Commitment to the insured plot, which the station knows: hash of its outline and a salt.
    /// @param requestId The claim's request to the oracle.
    /// @param inputHash keccak256(abi.encodePacked(input)) of what is asked about.
    struct Policy {
        address holder;
        uint96 coverage;
        uint96 premium;
        uint96 fee;
        Status status;
        bytes32 plot;
        uint256 requestId;
        bytes32 inputHash;
    }

    /// @notice A policy was bought, and its coverage reserved.
    event PolicyBought(
        uint256 indexed policyId, address indexed holder, bytes32 indexed plot, uint96 coverage, uint96 premium
    );

    /// @notice The oracle was asked about a policy's season.
    event PolicyClaimed(uint256 indexed policyId, uint256 indexed requestId, bytes32 inputHash, uint96 fee);

    /// @notice A proven score decided a policy.
    event PolicyDecided(uint256 indexed policyId, uint256 indexed requestId, int32 score, bool paid);

    /// @notice A claim's request ended without an answer here. The policy may be claimed again.
    event ClaimReopened(uint256 indexed policyId, uint256 indexed requestId);

    /// @notice A policy ended without a score: expired or void.
    event PolicyClosed(uint256 indexed policyId, Status status);

    /// @notice Dates out of order, a rate outside 1 to 9,999, no station, or a version that is not active or has no
    ///         output.
    error TermsInvalid();

    /// @notice Policies are sold no more.
    error SalesClosed();

    /// @notice Policies are not sold while the model's version is revoked.
    error VersionRevoked(uint256 modelId, uint32 version);

    /// @notice The pool has less free than the coverage asked for, or none was asked for.
    error CoverageNotAvailable(uint256 asked, uint256 free);

    /// @notice Only the policy's holder claims.
    error NotHolder(uint256 policyId, address caller);

    /// @notice The policy stands elsewhere than this call needs.
    error PolicyNotReady(uint256 policyId, Status status);

    /// @notice Claims are made after the season, with a deadline that lies before the end of claims.
    error OutsideClaimPeriod();

    /// @notice The station did not sign this input for this policy.
    error NotAttested(uint256 policyId, bytes32 inputHash);

    /// @notice The oracle's answer is to no claim under way, or about another input.
    error UnexpectedAnswer(uint256 requestId);

    /// @notice The policy may still be decided.
    error StillCovered(uint256 policyId);

    /// @notice Buys a policy; the premium is taken from the caller's allowance.
    /// @param coverage What is paid in case of a covered loss, at most {InsurancePool.freeAssets}.
    /// @param plot Commitment to the plot.
    /// @return policyId Policies are numbered from 0.
    function buy(uint96 coverage, bytes32 plot) external returns (uint256 policyId);

    /// @notice Asks the oracle about the season; the value sent is the fee of whoever proves the answer.
    /// @param policyId A policy of the caller.
    /// @param input The public signals that stand for the plot's features.
    /// @param signature The station's, of {attestationHash} for that input.
    /// @param deadline Until when an answer is awaited.
    /// @return requestId The oracle's number.
    function claim(uint256 policyId, uint256[] calldata input, bytes calldata signature, uint48 deadline)
        external
        payable
        returns (uint256 requestId);

    /// @notice Ends a claim that got no answer by its deadline, so that the policy can be claimed again. The fee is
    ///         credited to the holder. Anyone may.
    function reopen(uint256 policyId) external;

    /// @notice Ends a policy that can't be decided any more, and frees its reserve: expired after the end of claims;
    ///         void, with the premium credited to the holder, where the version is revoked. Anyone may.
    function close(uint256 policyId) external;

    /// @notice Sends the caller's returned fees away, in wei. To the station it also sends what provers left over.
    function collectFees(address payable to) external returns (uint256 amount);

    /// @notice What the station signs (EIP-712): `Attestation(uint256 policyId,bytes32 plot,uint48 seasonStart,uint48
    ///         seasonEnd,bytes32 inputHash)`, for this contract on this chain.
    function attestationHash(uint256 policyId, bytes32 inputHash) external view returns (bytes32);

    /// @notice Premium of a coverage, rounded up.
    function premiumOf(uint96 coverage) external view returns (uint96);

    /// @notice Fees that {collectFees} gives an account, in wei.
    function feeCreditOf(address account) external view returns (uint256);

    /// @notice A policy; status `None` where there is none.
    function getPolicy(uint256 policyId) external view returns (Policy memory);

    /// @notice How many policies there are.
    function policyCount() external view returns (uint256);

    /// @notice The terms.
    function terms() external view returns (Terms memory);
}
