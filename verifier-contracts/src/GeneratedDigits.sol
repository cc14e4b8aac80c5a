// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IERC7007} from "./interfaces/IERC7007.sol";
import {IERC7007Enumerable} from "./interfaces/IERC7007Enumerable.sol";
import {IGeneratedDigits} from "./interfaces/IGeneratedDigits.sol";
import {IInferenceVerifier} from "./interfaces/IInferenceVerifier.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {LatentPrompt} from "./libraries/LatentPrompt.sol";
import {PictureMetadata} from "./libraries/PictureMetadata.sol";
import {PictureStatement} from "./libraries/PictureStatement.sol";
import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {SSTORE2} from "solady/utils/SSTORE2.sol";

/// @title Pictures of digits, minted with the proof that a model made them
/// @dev See {IGeneratedDigits}. What makes it safe:
///      1. It pins model and version. The statement to prove is made of prompt and picture here, so nothing else
///         than the proven picture of this prompt is stored.
///      2. A proof is made for this contract and for a claim, which names minter, prompt and salt. Who copies a mint
///         pays for it, and the token goes to whom the proof names.
///      3. Who sees a prompt in a pending mint has no claim on it that is old enough, and so cannot overtake it with
///         a proof of his own. The delay must be longer than a mint may be pending.
///      4. A token exists from the moment its content does. There is no other way to mint, to change content, or to
///         burn; no owner, no fee.
///      5. The receiver is called last, when all is settled.
contract GeneratedDigits is ERC721, IGeneratedDigits {
    /// @dev One storage slot.
    struct Content {
        address picture;
        uint64 latent;
    }

    /// @dev Eight words of points, minter and salt.
    uint256 private constant PROOF_BYTES = 320;
    uint256 private constant POINT_BYTES = 256;

    /// @notice Where proofs are verified.
    IInferenceVerifier public immutable verifier;

    /// @notice The model whose pictures count.
    uint256 public immutable modelId;

    /// @notice The version of the model whose pictures count.
    uint32 public immutable version;

    /// @inheritdoc IGeneratedDigits
    uint256 public immutable side;

    /// @inheritdoc IGeneratedDigits
    uint256 public immutable claimDelay;

    /// @inheritdoc IGeneratedDigits
    mapping(bytes32 claimId => uint256) public claimedAt;

    mapping(uint256 tokenId => Content) private _contents;

    /// @param verifier_ Where proofs are verified, for good.
    /// @param modelId_ The model whose pictures count; its inputs are public, eight integers of 8 bits.
    /// @param version_ The version of the model.
    /// @param side_ Width and height of its pictures, in pixels.
    /// @param claimDelay_ How old a claim must be, in seconds.
    constructor(IInferenceVerifier verifier_, uint256 modelId_, uint32 version_, uint256 side_, uint256 claimDelay_)
        ERC721("zkserve generated digits", "ZKDIGIT")
    {
        IModelRegistry.VersionInfo memory info = IModelRegistry(verifier_.registry()).infoOf(modelId_, version_);
        bool usable = info.status == IModelRegistry.VersionStatus.Active
            || info.status == IModelRegistry.VersionStatus.Deprecated;
        if (!usable || info.inputSignals != 1 || info.outputSignals != PictureStatement.wordsOf(side_ * side_)) {
            revert VersionUnfit(modelId_, version_);
        }
        verifier = verifier_;
        modelId = modelId_;
        version = version_;
        side = side_;
        claimDelay = claimDelay_;
    }

    /// @inheritdoc IGeneratedDigits
    function claim(bytes32 claimId) external {
        if (claimedAt[claimId] != 0) return;
        claimedAt[claimId] = block.timestamp;
        emit PromptClaimed(claimId, block.timestamp);
    }

    /// @inheritdoc IERC7007
    /// @dev Mints: a token and its content come into being together.
    function addAigcData(uint256 tokenId_, bytes calldata prompt_, bytes calldata aigcData_, bytes calldata proof)
        external
    {
        uint256 expected = tokenId(prompt_);
        if (tokenId_ != expected) revert TokenIdWrong(expected, tokenId_);
        if (_ownerOf(tokenId_) != address(0)) revert PromptTaken(tokenId_);
        (bool isLatent, uint64 latent) = LatentPrompt.parse(prompt_);
        if (!isLatent) revert PromptMalformed();
        if (aigcData_.length != side * side) revert PictureLengthWrong(side * side, aigcData_.length);
        (bool isProof, address minter, bytes32 salt) = _binding(proof);
        if (!isProof) revert ProofMalformed();

        bytes32 claimId = _claimId(minter, tokenId_, salt);
        _useClaim(claimId);
        // Reverts unless this version of the model made this picture from this prompt, proven for this claim.
        verifier.certify(modelId, version, _inference(latent, aigcData_, proof, claimId));

        _contents[tokenId_] = Content(SSTORE2.write(aigcData_), latent);
        emit AigcData(tokenId_, prompt_, aigcData_, proof);
        _safeMint(minter, tokenId_);
    }

    /// @inheritdoc IERC7007
    /// @dev Asks for the proof alone, whether or not its claim was made. Malformed parts are false, not an error.
    function verify(bytes calldata prompt_, bytes calldata aigcData_, bytes calldata proof)
        external
        view
        returns (bool)
    {
        (bool isLatent, uint64 latent) = LatentPrompt.parse(prompt_);
        (bool isProof, address minter, bytes32 salt) = _binding(proof);
        if (!isLatent || !isProof || aigcData_.length != side * side) return false;
        bytes32 claimId = _claimId(minter, tokenId(prompt_), salt);
        return verifier.verify(modelId, version, _inference(latent, aigcData_, proof, claimId));
    }

    /// @inheritdoc IGeneratedDigits
    function claimIdOf(address minter, bytes calldata prompt_, bytes32 salt) external pure returns (bytes32) {
        return _claimId(minter, tokenId(prompt_), salt);
    }

    /// @inheritdoc IERC7007Enumerable
    /// @dev The number that the token has or would have; `ownerOf` tells whether it exists.
    function tokenId(bytes calldata prompt_) public pure returns (uint256) {
        return uint256(keccak256(prompt_));
    }

    /// @inheritdoc IERC7007Enumerable
    function prompt(uint256 tokenId_) external view returns (string memory) {
        _requireOwned(tokenId_);
        return LatentPrompt.format(_contents[tokenId_].latent);
    }

    /// @inheritdoc IGeneratedDigits
    function aigcData(uint256 tokenId_) external view returns (bytes memory) {
        _requireOwned(tokenId_);
        return SSTORE2.read(_contents[tokenId_].picture);
    }

    /// @notice The metadata by ERC-7007's schema, as a data URI.
    function tokenURI(uint256 tokenId_) public view override returns (string memory) {
        _requireOwned(tokenId_);
        Content memory content = _contents[tokenId_];
        return PictureMetadata.uri(
            PictureMetadata.Facts({
                prompt: LatentPrompt.format(content.latent),
                picture: SSTORE2.read(content.picture),
                side: side,
                registry: verifier.registry(),
                modelId: modelId,
                version: version
            })
        );
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) public view override(ERC721, IERC165) returns (bool) {
        return interfaceId == type(IERC7007).interfaceId || interfaceId == type(IERC7007Enumerable).interfaceId
            || super.supportsInterface(interfaceId);
    }

    function _useClaim(bytes32 claimId) private {
        uint256 since = claimedAt[claimId];
        if (since == 0) revert ClaimMissing(claimId);
        if (block.timestamp < since + claimDelay) revert ClaimTooYoung(claimId, since + claimDelay);
        delete claimedAt[claimId];
    }

    /// @dev Whom a proof is for. The minter's word has one encoding.
    function _binding(bytes calldata proof) private pure returns (bool valid, address minter, bytes32 salt) {
        if (proof.length != PROOF_BYTES) return (false, address(0), 0);
        uint256 word = uint256(bytes32(proof[POINT_BYTES:]));
        minter = address(uint160(word));
        salt = bytes32(proof[POINT_BYTES + 32:]);
        valid = word != 0 && word <= type(uint160).max;
    }

    function _claimId(address minter, uint256 tokenId_, bytes32 salt) private pure returns (bytes32) {
        return keccak256(abi.encode(minter, tokenId_, salt));
    }

    function _inference(uint64 latent, bytes calldata aigcData_, bytes calldata proof, bytes32 claimId)
        private
        view
        returns (IInferenceVerifier.Inference memory)
    {
        return IInferenceVerifier.Inference({
            proof: abi.decode(proof[:POINT_BYTES], (uint256[8])),
            statement: PictureStatement.make(latent, aigcData_),
            requester: address(this),
            nonce: uint256(claimId)
        });
    }
}
