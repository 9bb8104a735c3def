using Amazon.S3;
using Amazon.S3.Model;

namespace Millrace.Storage;

/// <summary>A multipart upload.</summary>
internal sealed class S3Upload(S3Bucket bucket, AmazonS3Client client, string key, string id, S3Options options, S3ConditionSupport conditions) : BucketUpload
{
    private const int SmallestPart = 5 << 20;
    private const int LargestPart = 512 << 20;
    private const int MostParts = 10_000;

    // Parts grow so that their number suffices for the largest objects there are, while small ones take little memory.
    private const int PartsOfASize = 2000;
    private const long CopiedPart = 1L << 30;

    private readonly Lock _lock = new();
    private readonly SortedDictionary<int, string> _tags = [];

    /// <summary>What the object's metadata will hold.</summary>
    public string WriteId { get; init; } = "";

    /// <summary>Size of a part where the first have a given one.</summary>
    public static int PartBytes(int number, long first)
        => (int)Math.Min(LargestPart, Math.Clamp(first, SmallestPart, LargestPart) << Math.Min(6, (number - 1) / PartsOfASize));

    public override async ValueTask SendAsync(int number, long offset, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        if (number > MostParts)
        {
            throw StorageErrors.TooLarge.Error($"'{bucket.Describe(key)}' has {offset} bytes in {MostParts} parts, and S3 takes no more.", ErrorPlace.InFile(bucket.Describe(key)));
        }

        string tag = await bucket.CallAsync(key, "s3:PutObject", default, async () =>
        {
            var request = new UploadPartRequest
            {
                BucketName = bucket.Name,
                Key = key,
                UploadId = id,
                PartNumber = number,
                PartSize = bytes.Length,
                InputStream = S3Bucket.StreamOf(bytes),
                UseChunkEncoding = false,
            };
            return (await client.UploadPartAsync(request, cancellation).ConfigureAwait(false)).ETag;
        }, cancellation).ConfigureAwait(false);
        Keep(number, tag);
    }

    /// <summary>Makes the parts from another object of the bucket; how many.</summary>
    public async ValueTask<int> CopyAsync(string from, long size, CancellationToken cancellation)
    {
        int parts = (int)((size + CopiedPart - 1) / CopiedPart);
        await Parallel.ForAsync(1, parts + 1, new ParallelOptions { MaxDegreeOfParallelism = options.PartsAtOnce, CancellationToken = cancellation }, async (number, stop) =>
        {
            long start = (number - 1) * CopiedPart;
            string tag = await bucket.CallAsync(from, "s3:GetObject and s3:PutObject", default, async () =>
            {
                var request = new CopyPartRequest
                {
                    SourceBucket = bucket.Name,
                    SourceKey = from,
                    DestinationBucket = bucket.Name,
                    DestinationKey = key,
                    UploadId = id,
                    PartNumber = number,
                    FirstByte = start,
                    LastByte = Math.Min(size, start + CopiedPart) - 1,
                };
                return (await client.CopyPartAsync(request, stop).ConfigureAwait(false)).ETag;
            }, stop).ConfigureAwait(false);
            Keep(number, tag);
        }).ConfigureAwait(false);
        return parts;
    }

    public override async ValueTask<BucketObject> CompleteAsync(int parts, long size, PutCondition condition, CancellationToken cancellation)
    {
        bool sends = await conditions.RequireAsync(key, condition, cancellation).ConfigureAwait(false);
        return await CompleteUncheckedAsync(parts, size, sends ? condition : default, cancellation).ConfigureAwait(false);
    }

    /// <summary>Completes with the condition as it is, whatever the store makes of it.</summary>
    public ValueTask<BucketObject> CompleteUncheckedAsync(int parts, long size, PutCondition condition, CancellationToken cancellation)
        => bucket.CallAsync(key, "s3:PutObject", condition, async () =>
        {
            var request = new CompleteMultipartUploadRequest
            {
                BucketName = bucket.Name,
                Key = key,
                UploadId = id,
                PartETags = [.. _tags.Take(parts).Select(t => new PartETag(t.Key, t.Value))],
                IfNoneMatch = condition.MustBeAbsent ? "*" : null,
                IfMatch = S3Bucket.Quoted(condition.ETag),
            };
            CompleteMultipartUploadResponse response = await client.CompleteMultipartUploadAsync(request, cancellation).ConfigureAwait(false);
            return new BucketObject(key, size, TimeProvider.System.GetUtcNow(), S3Bucket.ETagOf(response.ETag), WriteId);
        }, cancellation);

    public override async ValueTask AbortAsync()
    {
        try
        {
            await client.AbortMultipartUploadAsync(bucket.Name, key, id).ConfigureAwait(false);
        }
        catch (Exception e) when (S3Faults.IsFault(e, default))
        {
            // It is gone already, or goes as stale later.
        }
    }

    private void Keep(int number, string tag)
    {
        lock (_lock)
        {
            _tags[number] = tag;
        }
    }
}
