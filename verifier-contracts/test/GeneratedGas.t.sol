// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IInferenceVerifier} from "../src/interfaces/IInferenceVerifier.sol";
import {LatentPrompt} from "../src/libraries/LatentPrompt.sol";
import {PictureStatement} from "../src/libraries/PictureStatement.sol";
import {Generated} from "./utils/Generated.sol";
import {vm} from "./utils/Vm.sol";

/// @title What generated digits cost, as transactions of their own
/// @notice As {GasTest}; the figures are compared with snapshots/GeneratedDigits.json. Reading is free off chain; its
///         figures show that nodes' limits for calls are far.
/// forge-config: default.isolate = true
contract GeneratedGasTest is Generated {
    string private constant GROUP = "GeneratedDigits";

    function test_real() public {
        Mint memory mint = mintAt(".real.mints[0]");
        real.claim(mint.claimId);
        vm.snapshotGasLastCall(GROUP, "claim");
        pass(DELAY);
        assertTrue(verifies(real, mint), "valid");
        vm.snapshotGasLastCall(GROUP, "verify, 28 x 28");
        add(real, mint);
        vm.snapshotGasLastCall(GROUP, "addAigcData, 28 x 28");
        real.tokenURI(mint.tokenId);
        vm.snapshotGasLastCall(GROUP, "tokenURI, 28 x 28");
        vm.prank(minter);
        real.transferFrom(minter, rival, mint.tokenId);
        vm.snapshotGasLastCall(GROUP, "transferFrom");
    }

    function test_small() public {
        Mint memory first = mintAt(".small.mints[0]");
        Mint memory second = mintAt(".small.mints[1]");
        claim(small, first);
        claim(small, second);
        add(small, first);
        add(small, second);
        vm.snapshotGasLastCall(GROUP, "addAigcData, 4 x 4");
    }

    /// @dev What a way to mint several at once would pay for their proofs together.
    function test_batch() public {
        IInferenceVerifier.Inference[] memory batch = new IInferenceVerifier.Inference[](4);
        for (uint256 i; i < 4; ++i) {
            Mint memory mint = mintAt(string.concat(".real.mints[", vm.toString(i), "]"));
            batch[i] = this.inferenceOf(mint);
        }
        assertTrue(verifier.verifyBatch(REAL_MODEL, 1, batch), "valid");
        uint256 gas = vm.snapshotGasLastCall(GROUP, "verifyBatch of 4, 28 x 28");
        vm.snapshotValue(GROUP, "verifyBatch of 4, 28 x 28, each", gas / 4);
    }

    function inferenceOf(Mint calldata mint) external view returns (IInferenceVerifier.Inference memory) {
        (bool valid, uint64 latent) = LatentPrompt.parse(mint.prompt);
        assertTrue(valid, "latent");
        return IInferenceVerifier.Inference({
            proof: abi.decode(mint.proof[:256], (uint256[8])),
            statement: PictureStatement.make(latent, mint.picture),
            requester: address(real),
            nonce: uint256(mint.claimId)
        });
    }
}
