using System.Runtime.ConstrainedExecution;

namespace Millrace.Formats.Compression;

/// <summary>A compression context of libzstd. One thread at a time uses it.</summary>
internal sealed unsafe class ZstdCompressor : CriticalFinalizerObject, IDisposable
{
    public static readonly StatePool<ZstdCompressor> Pool = new(() => new ZstdCompressor());

    private ZstdCompressor() => Handle = ZstdLibrary.Api.CreateCCtx();

    ~ZstdCompressor() => Free();

    public nint Handle { get; private set; }

    public void Set(int parameter, int value) => ZstdLibrary.Check(ZstdLibrary.Api.SetCParameter(Handle, parameter, value));

    /// <summary>Forgets an unfinished frame and all parameters.</summary>
    public void Reset() => ZstdLibrary.Check(ZstdLibrary.Api.ResetCCtx(Handle, ResetAll));

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private const int ResetAll = 3;

    private void Free()
    {
        if (Handle != 0)
        {
            ZstdLibrary.Api.FreeCCtx(Handle);
            Handle = 0;
        }
    }
}

/// <summary>A decompression context of libzstd. One thread at a time uses it.</summary>
internal sealed unsafe class ZstdDecompressor : CriticalFinalizerObject, IDisposable
{
    public static readonly StatePool<ZstdDecompressor> Pool = new(() => new ZstdDecompressor());

    private ZstdDecompressor() => Handle = ZstdLibrary.Api.CreateDCtx();

    ~ZstdDecompressor() => Free();

    public nint Handle { get; private set; }

    /// <summary>Forgets an unfinished frame.</summary>
    public void Reset() => ZstdLibrary.Check(ZstdLibrary.Api.ResetDCtx(Handle, ResetSession));

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private const int ResetSession = 1;

    private void Free()
    {
        if (Handle != 0)
        {
            ZstdLibrary.Api.FreeDCtx(Handle);
            Handle = 0;
        }
    }
}
