using System.Net;
using System.Runtime.InteropServices;
using Amazon.S3;
using Amazon.S3.Model;

namespace Millrace.Storage;

/// <summary>A bucket of S3 through Amazon's SDK, which signs, retries and finds credentials.</summary>
internal sealed class S3Bucket : Bucket
{
    // 5 GiB, the most that one request copies.
    private const long LargestCopy = 5L << 30;
    private const string MetadataPrefix = "x-amz-meta-";

    private readonly AmazonS3Client _client;
    private readonly S3Options _options;
    private readonly S3ConditionSupport _conditions;
    private readonly KeptCredentials? _renewed;
    private readonly string _display;
    private bool _isThere;

    /// <param name="name">Name of the bucket.</param>
    /// <param name="display">Start of the addresses of objects, as the user writes them.</param>
    /// <param name="options">How to reach it.</param>
    /// <param name="credentials">Those that are renewed at run time; null for those of the options and the environment.</param>
    public S3Bucket(string name, string display, S3Options options, KeptCredentials? credentials)
    {
        Name = name;
        _options = options;
        _renewed = credentials;
        _client = S3Clients.Create(options, credentials);
        _display = display;
        _conditions = new S3ConditionSupport(this, options.ConditionalWrites ?? (S3Clients.EndpointOf(options) is null ? S3Conditions.Trust : S3Conditions.Probe));
    }

    public string Name { get; }

    public override int PartsAtOnce => _options.PartsAtOnce;

    public override int DeletesAtOnce => 1000;

    public override string Describe(string key) => _display + key;

    public override int PartBytes(int number) => S3Upload.PartBytes(number, _options.PartSize.Bytes);

    public override ValueTask<BucketPage> ListAsync(string prefix, bool delimited, string? token, CancellationToken cancellation)
        => CallAsync(prefix, "s3:ListBucket", default, async () =>
        {
            var request = new ListObjectsV2Request { BucketName = Name, Prefix = prefix, Delimiter = delimited ? "/" : null, ContinuationToken = token, Encoding = EncodingType.Url };
            ListObjectsV2Response page = await _client.ListObjectsV2Async(request, cancellation).ConfigureAwait(false);
            _isThere = true;

            // Keys may hold characters that XML has no way to write.
            bool isEncoded = page.Encoding == EncodingType.Url;
            string Decode(string key) => isEncoded ? Uri.UnescapeDataString(key.Replace('+', ' ')) : key;
            List<BucketObject> objects = [.. (page.S3Objects ?? []).Select(o => new BucketObject(Decode(o.Key), o.Size ?? 0, Seconds(o.LastModified), ETagOf(o.ETag), null))];
            return new BucketPage(objects, [.. (page.CommonPrefixes ?? []).Select(Decode)], page.IsTruncated == true ? page.NextContinuationToken : null);
        }, cancellation);

    public override async ValueTask<BucketObject?> FindAsync(string key, CancellationToken cancellation)
    {
        try
        {
            GetObjectMetadataResponse found = await _client.GetObjectMetadataAsync(new GetObjectMetadataRequest { BucketName = Name, Key = key }, cancellation).ConfigureAwait(false);
            _isThere = true;
            return new BucketObject(key, found.ContentLength, Seconds(found.LastModified), ETagOf(found.ETag), found.Metadata[WriteIdKey])
            {
                Metadata = [.. found.Metadata.Keys.Select(k => k[MetadataPrefix.Length..]).Where(k => k != WriteIdKey).Select(k => KeyValuePair.Create(k, found.Metadata[k]))],
                HasTags = found.TagsCount > 0,
            };
        }
        catch (AmazonS3Exception e) when (e.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Forbidden or HttpStatusCode.BadRequest or HttpStatusCode.MovedPermanently)
        {
            // Answers to HEAD have no body that says what is wrong; a listing has.
            if (e.StatusCode != HttpStatusCode.NotFound || !_isThere)
            {
                await CallAsync(key, "s3:GetObject and s3:ListBucket", default, () => new ValueTask<ListObjectsV2Response>(_client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = Name, Prefix = key, MaxKeys = 1 }, cancellation)), cancellation).ConfigureAwait(false);
            }

            _isThere = true;
            return e.StatusCode == HttpStatusCode.NotFound ? null : throw S3Faults.Explain(e, Describe(key), Name, "s3:GetObject");
        }
        catch (Exception e) when (S3Faults.IsFault(e, cancellation))
        {
            throw S3Faults.Explain(e, Describe(key), Name, "s3:GetObject");
        }
    }

    public override async ValueTask ReadAsync(string key, string etag, long offset, Memory<byte> target, CancellationToken cancellation)
    {
        int done = 0;
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                var request = new GetObjectRequest { BucketName = Name, Key = key, EtagToMatch = etag, ByteRange = new ByteRange(offset + done, offset + target.Length - 1) };
                using GetObjectResponse response = await _client.GetObjectAsync(request, cancellation).ConfigureAwait(false);
                while (done < target.Length)
                {
                    using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                    patience.CancelAfter(_options.Timeout);
                    int read = await response.ResponseStream.ReadAsync(target[done..], patience.Token).ConfigureAwait(false);
                    done += read > 0 ? read : throw new EndOfStreamException("The answer ended too early.");
                }

                return;
            }
            catch (Exception e) when (S3Faults.IsFault(e, cancellation))
            {
                // The SDK has retried requests; what breaks off within an answer goes on where it was.
                bool isAnswer = e is Amazon.Runtime.AmazonServiceException { StatusCode: not 0 };
                if (isAnswer ? attempt > 0 || !HasNewCredentials(e) : attempt >= _options.Retries)
                {
                    throw S3Faults.Explain(e, Describe(key), Name, "s3:GetObject", PutCondition.IfMatch(etag));
                }

                await RetryPause.WaitAsync(attempt, null, cancellation).ConfigureAwait(false);
            }
        }
    }

    public override async ValueTask<BucketObject> PutAsync(string key, ReadOnlyMemory<byte> content, PutCondition condition, WriteMarks marks, CancellationToken cancellation)
    {
        bool sends = await _conditions.RequireAsync(key, condition, cancellation).ConfigureAwait(false);
        return await PutUncheckedAsync(key, content, sends ? condition : default, marks, cancellation).ConfigureAwait(false);
    }

    /// <summary>Writes with the condition as it is, whatever the store makes of it.</summary>
    internal ValueTask<BucketObject> PutUncheckedAsync(string key, ReadOnlyMemory<byte> content, PutCondition condition, WriteMarks marks, CancellationToken cancellation)
        => CallAsync(key, "s3:PutObject", condition, async () =>
        {
            var request = new PutObjectRequest
            {
                BucketName = Name,
                Key = key,
                InputStream = StreamOf(content),
                UseChunkEncoding = false,
                IfNoneMatch = condition.MustBeAbsent ? "*" : null,
                IfMatch = Quoted(condition.ETag),
                ServerSideEncryptionMethod = Encryption,
                ServerSideEncryptionKeyManagementServiceKeyId = _options.SseKmsKey,
                TagSet = TagSetOf(marks),
            };
            Describe(request.Metadata, marks.Id, MetadataOf(marks));
            PutObjectResponse response = await _client.PutObjectAsync(request, cancellation).ConfigureAwait(false);
            _isThere = true;
            return new BucketObject(key, content.Length, Seconds(DateTime.UtcNow), ETagOf(response.ETag), marks.Id);
        }, cancellation);

    public override async ValueTask<BucketUpload> BeginAsync(string key, WriteMarks marks, CancellationToken cancellation)
        => await BeginUploadAsync(key, marks.Id, MetadataOf(marks), TagSetOf(marks), cancellation).ConfigureAwait(false);

    /// <summary>
    /// Small objects in one request. Larger ones, and those under a condition, as an upload whose parts are copied: the copy of
    /// whole objects knows no conditions in most stores.
    /// </summary>
    public override async ValueTask CopyAsync(string from, BucketObject source, string to, PutCondition condition, string writeId, CancellationToken cancellation)
    {
        bool hasCondition = condition.MustBeAbsent || condition.ETag is not null;
        if (source.Size == 0 && hasCondition)
        {
            await PutAsync(to, ReadOnlyMemory<byte>.Empty, condition, WriteMarks.Of(writeId), cancellation).ConfigureAwait(false);
            return;
        }

        bool sends = hasCondition && await _conditions.RequireAsync(to, condition, cancellation).ConfigureAwait(false);
        if (source.Size <= LargestCopy && !sends)
        {
            await CallAsync(from, "s3:GetObject and s3:PutObject", default, () =>
            {
                var request = new CopyObjectRequest
                {
                    SourceBucket = Name,
                    SourceKey = from,
                    DestinationBucket = Name,
                    DestinationKey = to,
                    MetadataDirective = S3MetadataDirective.REPLACE,
                    ServerSideEncryptionMethod = Encryption,
                    ServerSideEncryptionKeyManagementServiceKeyId = _options.SseKmsKey,
                };
                Describe(request.Metadata, writeId, source.Metadata);
                return new ValueTask<CopyObjectResponse>(_client.CopyObjectAsync(request, cancellation));
            }, cancellation).ConfigureAwait(false);
            return;
        }

        List<Tag>? tags = source.HasTags ? await TagsAsync(from, cancellation).ConfigureAwait(false) : null;
        S3Upload upload = await BeginUploadAsync(to, writeId, source.Metadata, tags, cancellation).ConfigureAwait(false);
        try
        {
            int parts = await upload.CopyAsync(from, source.Size, cancellation).ConfigureAwait(false);
            await upload.CompleteUncheckedAsync(parts, source.Size, condition, cancellation).ConfigureAwait(false);
        }
        catch
        {
            await upload.AbortAsync().ConfigureAwait(false);
            throw;
        }
    }

    public override async ValueTask DeleteAsync(IReadOnlyList<string> keys, CancellationToken cancellation)
    {
        if (keys.Count == 0)
        {
            return;
        }

        if (keys.Count == 1)
        {
            await CallAsync(keys[0], "s3:DeleteObject", default, () => new ValueTask<DeleteObjectResponse>(_client.DeleteObjectAsync(Name, keys[0], cancellation)), cancellation).ConfigureAwait(false);
            return;
        }

        await CallAsync(keys[0], "s3:DeleteObject", default, async () =>
        {
            var request = new DeleteObjectsRequest { BucketName = Name, Objects = [.. keys.Select(k => new KeyVersion { Key = k })], Quiet = true };
            try
            {
                return await _client.DeleteObjectsAsync(request, cancellation).ConfigureAwait(false);
            }
            catch (DeleteObjectsException e) when (e.Response.DeleteErrors is [var first, ..])
            {
                throw new AmazonS3Exception($"{first.Key}: {first.Message}", Amazon.Runtime.ErrorType.Sender, first.Code, "", first.Code == "AccessDenied" ? HttpStatusCode.Forbidden : HttpStatusCode.BadRequest);
            }
        }, cancellation).ConfigureAwait(false);
    }

    public override async ValueTask RemoveStaleAsync(string prefix, DateTimeOffset before, CancellationToken cancellation)
    {
        string? key = null;
        string? id = null;
        do
        {
            ListMultipartUploadsResponse page;
            try
            {
                page = await _client.ListMultipartUploadsAsync(new ListMultipartUploadsRequest { BucketName = Name, Prefix = prefix, KeyMarker = key, UploadIdMarker = id }, cancellation).ConfigureAwait(false);
            }
            catch (AmazonS3Exception e) when (e.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.NotImplemented or HttpStatusCode.MethodNotAllowed)
            {
                // Who may not look, or cannot, has a rule of the bucket for it, or pays for what is left.
                return;
            }
            catch (Exception e) when (S3Faults.IsFault(e, cancellation))
            {
                throw S3Faults.Explain(e, Describe(prefix), Name, "s3:ListBucketMultipartUploads");
            }

            foreach (MultipartUpload upload in page.MultipartUploads ?? [])
            {
                if (upload.Initiated is { } begun && begun.ToUniversalTime() < before.UtcDateTime)
                {
                    await new S3Upload(this, _client, upload.Key, upload.UploadId, _options, _conditions).AbortAsync().ConfigureAwait(false);
                }
            }

            (key, id) = page.IsTruncated == true ? (page.NextKeyMarker, page.NextUploadIdMarker) : (null, null);
        }
        while (key is not null);
    }

    public override async ValueTask<IReadOnlyList<string>> ProbeAsync(string prefix, CancellationToken cancellation)
    {
        string key = $"{prefix}.millrace-{Guid.NewGuid():N}";
        await PutUncheckedAsync(key, "probe"u8.ToArray(), default, WriteMarks.Of("probe"), cancellation).ConfigureAwait(false);
        await DeleteAsync([key], cancellation).ConfigureAwait(false);
        return ["may be written", await _conditions.DescribeAsync(prefix, cancellation).ConfigureAwait(false)];
    }

    public override void Dispose()
    {
        _client.Dispose();
        _conditions.Dispose();
    }

    /// <summary>Does a call of the SDK and says what went wrong in Millrace's words.</summary>
    internal async ValueTask<T> CallAsync<T>(string key, string right, PutCondition condition, Func<ValueTask<T>> call, CancellationToken cancellation)
    {
        try
        {
            try
            {
                return await call().ConfigureAwait(false);
            }
            catch (Exception e) when (HasNewCredentials(e))
            {
                return await call().ConfigureAwait(false);
            }
        }
        catch (Exception e) when (S3Faults.IsFault(e, cancellation))
        {
            throw S3Faults.Explain(e, Describe(key), Name, right, condition);
        }
    }

    // The SDK asks for credentials twice a request, and they may be renewed in between; and the store may end them early.
    private bool HasNewCredentials(Exception e)
    {
        if (_renewed is null || !S3Faults.IsAboutToken(e))
        {
            return false;
        }

        _renewed.Drop();
        return true;
    }

    internal async ValueTask<S3Upload> BeginUploadAsync(string key, string writeId, IEnumerable<KeyValuePair<string, string>> metadata, List<Tag>? tags, CancellationToken cancellation)
        => await CallAsync(key, "s3:PutObject", default, async () =>
        {
            var request = new InitiateMultipartUploadRequest
            {
                BucketName = Name,
                Key = key,
                ServerSideEncryptionMethod = Encryption,
                ServerSideEncryptionKeyManagementServiceKeyId = _options.SseKmsKey,
                TagSet = tags,
            };
            Describe(request.Metadata, writeId, metadata);
            InitiateMultipartUploadResponse response = await _client.InitiateMultipartUploadAsync(request, cancellation).ConfigureAwait(false);
            return new S3Upload(this, _client, key, response.UploadId, _options, _conditions) { WriteId = writeId };
        }, cancellation).ConfigureAwait(false);

    internal static Stream StreamOf(ReadOnlyMemory<byte> content)
        => MemoryMarshal.TryGetArray(content, out ArraySegment<byte> array) ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false) : new MemoryStream(content.ToArray(), writable: false);

    internal static string ETagOf(string? etag) => etag?.Trim('"') ?? "";

    internal static string? Quoted(string? etag) => etag is null ? null : $"\"{etag}\"";

    private static void Describe(MetadataCollection target, string writeId, IEnumerable<KeyValuePair<string, string>> metadata)
    {
        target[WriteIdKey] = writeId;
        foreach ((string name, string value) in metadata)
        {
            target[name] = value;
        }
    }

    private IEnumerable<KeyValuePair<string, string>> MetadataOf(WriteMarks marks)
        => _options.ObjectTags == ObjectTagging.Metadata ? marks.AsMetadata(static c => c is '.' or '-' or '_') : [];

    private List<Tag>? TagSetOf(WriteMarks marks)
        => _options.ObjectTags == ObjectTagging.Tags && marks.Tags.Count > 0 ? [.. marks.AsTags().Select(t => new Tag { Key = t.Key, Value = t.Value })] : null;

    // The copy of a whole object carries its tags; one that is put together of parts does not.
    private async ValueTask<List<Tag>?> TagsAsync(string key, CancellationToken cancellation)
        => (await CallAsync(key, "s3:GetObjectTagging", default, () => new ValueTask<GetObjectTaggingResponse>(_client.GetObjectTaggingAsync(new GetObjectTaggingRequest { BucketName = Name, Key = key }, cancellation)), cancellation).ConfigureAwait(false)).Tagging;

    private ServerSideEncryptionMethod? Encryption => _options.Sse switch
    {
        S3Encryption.Aes256 => ServerSideEncryptionMethod.AES256,
        S3Encryption.Kms => ServerSideEncryptionMethod.AWSKMS,
        _ => null,
    };

    // Listings tell fractions of seconds in some stores, and heads never do.
    private static DateTimeOffset Seconds(DateTime? time)
    {
        DateTime utc = (time ?? default).ToUniversalTime();
        return new DateTimeOffset(utc.AddTicks(-(utc.Ticks % TimeSpan.TicksPerSecond)), TimeSpan.Zero);
    }
}
