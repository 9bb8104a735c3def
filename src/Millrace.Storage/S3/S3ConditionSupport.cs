namespace Millrace.Storage;

/// <summary>
/// Whether a store honours the conditions of writes. One that ignores them says nothing: two writers would both win, and
/// commits be lost. So a store that is not known is tried before the first write that relies on it.
/// </summary>
internal sealed class S3ConditionSupport(S3Bucket bucket, S3Conditions mode) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private bool? _honours = mode == S3Conditions.Trust ? true : null;

    /// <summary>Makes sure that a write under a condition means what it says.</summary>
    /// <returns>Whether the condition goes with the request.</returns>
    public async ValueTask<bool> RequireAsync(string key, PutCondition condition, CancellationToken cancellation)
    {
        if (!condition.MustBeAbsent && condition.ETag is null)
        {
            return false;
        }

        if (mode == S3Conditions.SingleWriter)
        {
            BucketObject? found = await bucket.FindAsync(key, cancellation).ConfigureAwait(false);
            return condition.MustBeAbsent && found is not null ? throw StorageErrors.Exists(bucket.Describe(key))
                : condition.ETag is { } tag && found?.ETag != tag ? throw StorageErrors.Modified(bucket.Describe(key))
                : false;
        }

        return await HonoursAsync(key[..(key.LastIndexOf('/') + 1)], cancellation).ConfigureAwait(false) ? true : throw StorageErrors.NotSupported.Error(
            $"The store of '{bucket.Describe(key)}' ignores the conditions of writes (If-None-Match, If-Match), on which commits rely.",
            ErrorPlace.InFile(bucket.Describe(key)),
            "Use a store or version that honours them. If only one process ever writes to this place, set conditional_writes=single_writer: then Millrace looks before it writes.");
    }

    /// <summary>What is known, for a check before a run.</summary>
    public async ValueTask<string> DescribeAsync(string prefix, CancellationToken cancellation) => mode switch
    {
        S3Conditions.SingleWriter => "conditions are not used: one writer only",
        _ => await HonoursAsync(prefix, cancellation).ConfigureAwait(false)
            ? "honours conditions of writes"
            : throw StorageErrors.NotSupported.Error(
                $"The store of '{bucket.Describe(prefix)}' ignores the conditions of writes (If-None-Match, If-Match), on which commits rely.",
                ErrorPlace.InFile(bucket.Describe(prefix)),
                "Use a store or version that honours them, or set conditional_writes=single_writer if only one process ever writes there."),
    };

    public void Dispose() => _turn.Dispose();

    private async ValueTask<bool> HonoursAsync(string folder, CancellationToken cancellation)
    {
        if (_honours is { } known)
        {
            return known;
        }

        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return _honours ??= await TryAsync($"{folder}.millrace-{Guid.NewGuid():N}", cancellation).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async ValueTask<bool> TryAsync(string key, CancellationToken cancellation)
    {
        await bucket.PutUncheckedAsync(key, "1"u8.ToArray(), default, WriteMarks.Of("probe"), cancellation).ConfigureAwait(false);
        try
        {
            return await RefusesAsync(() => bucket.PutUncheckedAsync(key, "2"u8.ToArray(), PutCondition.IfAbsent, WriteMarks.Of("probe"), cancellation)).ConfigureAwait(false)
                && await RefusesAsync(() => bucket.PutUncheckedAsync(key, "3"u8.ToArray(), PutCondition.IfMatch("00000000000000000000000000000000"), WriteMarks.Of("probe"), cancellation)).ConfigureAwait(false)
                && await RefusesUploadAsync(key, cancellation).ConfigureAwait(false);
        }
        finally
        {
            await bucket.DeleteAsync([key], CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async ValueTask<bool> RefusesUploadAsync(string key, CancellationToken cancellation)
    {
        S3Upload upload = await bucket.BeginUploadAsync(key, "probe", [], null, cancellation).ConfigureAwait(false);
        try
        {
            await upload.SendAsync(1, 0, "4"u8.ToArray(), cancellation).ConfigureAwait(false);
            return await RefusesAsync(() => upload.CompleteUncheckedAsync(1, 1, PutCondition.IfAbsent, cancellation)).ConfigureAwait(false);
        }
        finally
        {
            await upload.AbortAsync().ConfigureAwait(false);
        }
    }

    private static async ValueTask<bool> RefusesAsync(Func<ValueTask<BucketObject>> write)
    {
        try
        {
            await write().ConfigureAwait(false);
            return false;
        }
        catch (MillraceException e) when (e.Code == StorageErrors.AlreadyExists || e.Code == StorageErrors.Changed)
        {
            return true;
        }
        catch (MillraceException e) when (e.Code == StorageErrors.NotSupported)
        {
            return false;
        }
    }
}
