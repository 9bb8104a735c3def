using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using Millrace.Storage;

namespace Millrace.Connectors.Files;

/// <summary>A hash that tells whether the first bytes of a file, so many of them, are still the same.</summary>
internal static class FileFingerprint
{
    private const int Edge = 64 << 10;
    private const int HashBytes = 16;

    /// <param name="file">The file.</param>
    /// <param name="size">How much of it counts: less than all to see whether a file that grew still begins as it did.</param>
    /// <param name="kind">All of it or its two edges.</param>
    /// <param name="cancellation">Stops the reading.</param>
    public static async ValueTask<string?> TakeAsync(FileEntry file, long size, FingerprintKind kind, CancellationToken cancellation)
    {
        if (kind == FingerprintKind.None)
        {
            return null;
        }

        IObjectReader reader = await file.Store.OpenAsync(file.Info.Name, cancellation).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            byte[] buffer = ArrayPool<byte>.Shared.Rent(Edge);
            try
            {
                if (kind == FingerprintKind.Whole || size <= 2 * Edge)
                {
                    await AppendAsync(hash, reader, 0, size, buffer, cancellation).ConfigureAwait(false);
                }
                else
                {
                    await AppendAsync(hash, reader, 0, Edge, buffer, cancellation).ConfigureAwait(false);
                    await AppendAsync(hash, reader, size - Edge, size, buffer, cancellation).ConfigureAwait(false);
                }

                BinaryPrimitives.WriteInt64LittleEndian(buffer, size);
                hash.AppendData(buffer, 0, sizeof(long));
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }

            return $"{(kind == FingerprintKind.Whole ? "whole" : "edges")}:{Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, HashBytes))}";
        }
    }

    /// <summary>Whether the first bytes of a file still give a fingerprint.</summary>
    public static async ValueTask<bool> MatchesAsync(FileEntry file, long size, string fingerprint, CancellationToken cancellation)
    {
        FingerprintKind kind = fingerprint.StartsWith("whole:", StringComparison.Ordinal) ? FingerprintKind.Whole : FingerprintKind.Edges;
        return await TakeAsync(file, size, kind, cancellation).ConfigureAwait(false) == fingerprint;
    }

    private static async ValueTask AppendAsync(IncrementalHash hash, IObjectReader reader, long start, long end, byte[] buffer, CancellationToken cancellation)
    {
        while (start < end)
        {
            int read = await reader.ReadAsync(start, buffer.AsMemory(0, (int)Math.Min(Edge, end - start)), cancellation).ConfigureAwait(false);
            if (read == 0)
            {
                break;
            }

            hash.AppendData(buffer, 0, read);
            start += read;
        }
    }
}
