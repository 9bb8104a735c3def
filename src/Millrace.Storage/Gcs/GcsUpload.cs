using System.Globalization;
using System.Net.Http.Headers;

namespace Millrace.Storage;

/// <summary>
/// A resumable upload. It takes its pieces in order and has to know which is the last, so one piece is held back. What it
/// makes is a hidden object, which takes its name by a copy within the store.
/// </summary>
internal sealed class GcsUpload(GcsBucket bucket, Uri session, string key, string staged, string writeId) : BucketUpload
{
    private byte[] _held = [];
    private int _heldLength;
    private long _heldOffset;
    private bool _isStaged;

    public override async ValueTask SendAsync(int number, long offset, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        if (number > 1)
        {
            await SendHeldAsync(null, cancellation).ConfigureAwait(false);
        }

        if (_held.Length < bytes.Length)
        {
            _held = GC.AllocateUninitializedArray<byte>(bytes.Length);
        }

        bytes.CopyTo(_held);
        (_heldLength, _heldOffset) = (bytes.Length, offset);
    }

    public override async ValueTask<BucketObject> CompleteAsync(int parts, long size, PutCondition condition, CancellationToken cancellation)
    {
        if (!_isStaged)
        {
            await SendHeldAsync(size, cancellation).ConfigureAwait(false);
            _isStaged = true;
        }

        BucketObject found = await bucket.FindAsync(staged, cancellation).ConfigureAwait(false) ?? throw StorageErrors.NotFound.Error(
            $"What was uploaded for '{bucket.Describe(key)}' is gone: somebody has removed it.", ErrorPlace.InFile(bucket.Describe(key)), "Another run took it for left behind. Run again.");
        BucketObject published = await bucket.RewriteAsync(staged, found, key, condition, writeId, cancellation).ConfigureAwait(false);
        await bucket.DeleteAsync([staged], CancellationToken.None).ConfigureAwait(false);
        return published;
    }

    public override async ValueTask AbortAsync()
    {
        if (_isStaged)
        {
            await bucket.DeleteAsync([staged], CancellationToken.None).ConfigureAwait(false);
            return;
        }

        // The store answers 499, which means that it has forgotten the upload.
        try
        {
            using HttpResponseMessage _ = await bucket.SendAsync(HttpMethod.Delete, key, session.AbsoluteUri, null, null, default, CancellationToken.None).ConfigureAwait(false);
        }
        catch (MillraceException)
        {
            // Uploads that nobody ends go by themselves after a week, and no listing shows them.
        }
    }

    private async ValueTask SendHeldAsync(long? size, CancellationToken cancellation)
    {
        HttpContent Piece()
        {
            var content = new ReadOnlyMemoryContent(_held.AsMemory(0, _heldLength));
            content.Headers.ContentRange = size is { } all
                ? new ContentRangeHeaderValue(_heldOffset, _heldOffset + _heldLength - 1, all)
                : ContentRangeHeaderValue.Parse(string.Create(CultureInfo.InvariantCulture, $"bytes {_heldOffset}-{_heldOffset + _heldLength - 1}/*"));
            return content;
        }

        using HttpResponseMessage _ = await bucket.SendAsync(HttpMethod.Put, key, session.AbsoluteUri, Piece, null, default, cancellation).ConfigureAwait(false);
    }
}
