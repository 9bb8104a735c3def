using System.Runtime.InteropServices;

namespace Millrace.Formats.Compression;

/// <summary>The system's libzstd, loaded when first needed. Its stable interface since version 1.4 is all that is used.</summary>
internal static unsafe class ZstdLibrary
{
    /// <summary>ZSTD_e_continue and ZSTD_e_end.</summary>
    public const int Continue = 0;

    public const int End = 2;

    /// <summary>ZSTD_c_compressionLevel and ZSTD_c_checksumFlag.</summary>
    public const int CompressionLevelParameter = 100;

    public const int ChecksumParameter = 201;

    /// <summary>ZSTD_CONTENTSIZE_UNKNOWN and ZSTD_CONTENTSIZE_ERROR.</summary>
    public const ulong ContentSizeUnknown = ulong.MaxValue;

    public const ulong ContentSizeError = ulong.MaxValue - 1;

    private static readonly string[] Names = OperatingSystem.IsWindows()
        ? ["libzstd.dll", "zstd.dll"]
        : OperatingSystem.IsMacOS()
            ? ["libzstd.1.dylib", "/opt/homebrew/lib/libzstd.1.dylib", "/usr/local/lib/libzstd.1.dylib"]
            : ["libzstd.so.1", "libzstd.so"];

    private static readonly Lazy<Functions> Loaded = new(() => new Functions(Load()), LazyThreadSafetyMode.PublicationOnly);

    /// <summary>The functions, or an error that says how to get the library.</summary>
    public static Functions Api => Loaded.Value;

    /// <summary>Passes a result on, or throws with the library's own name of the error.</summary>
    public static nuint Check(nuint result)
        => Api.IsError(result) == 0 ? result : throw CompressionErrors.Corrupt("zstd", ErrorName(result));

    public static string ErrorName(nuint result) => Marshal.PtrToStringUTF8(Api.GetErrorName(result)) ?? "unknown error";

    private static nint Load()
    {
        foreach (string name in Names)
        {
            if (NativeLibrary.TryLoad(name, out nint library))
            {
                return library;
            }
        }

        throw CompressionErrors.LibraryMissing(string.Join(" or ", Names));
    }

    /// <summary>ZSTD_inBuffer and ZSTD_outBuffer.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Buffer
    {
        public byte* Pointer;
        public nuint Size;
        public nuint Position;
    }

    public sealed class Functions(nint library)
    {
        public readonly delegate* unmanaged<nint> CreateCCtx = (delegate* unmanaged<nint>)NativeLibrary.GetExport(library, "ZSTD_createCCtx");
        public readonly delegate* unmanaged<nint, nuint> FreeCCtx = (delegate* unmanaged<nint, nuint>)NativeLibrary.GetExport(library, "ZSTD_freeCCtx");
        public readonly delegate* unmanaged<nint> CreateDCtx = (delegate* unmanaged<nint>)NativeLibrary.GetExport(library, "ZSTD_createDCtx");
        public readonly delegate* unmanaged<nint, nuint> FreeDCtx = (delegate* unmanaged<nint, nuint>)NativeLibrary.GetExport(library, "ZSTD_freeDCtx");
        public readonly delegate* unmanaged<nint, byte*, nuint, byte*, nuint, int, nuint> CompressCCtx = (delegate* unmanaged<nint, byte*, nuint, byte*, nuint, int, nuint>)NativeLibrary.GetExport(library, "ZSTD_compressCCtx");
        public readonly delegate* unmanaged<nint, byte*, nuint, byte*, nuint, nuint> DecompressDCtx = (delegate* unmanaged<nint, byte*, nuint, byte*, nuint, nuint>)NativeLibrary.GetExport(library, "ZSTD_decompressDCtx");
        public readonly delegate* unmanaged<nuint, nuint> CompressBound = (delegate* unmanaged<nuint, nuint>)NativeLibrary.GetExport(library, "ZSTD_compressBound");
        public readonly delegate* unmanaged<byte*, nuint, ulong> GetFrameContentSize = (delegate* unmanaged<byte*, nuint, ulong>)NativeLibrary.GetExport(library, "ZSTD_getFrameContentSize");
        public readonly delegate* unmanaged<nuint, uint> IsError = (delegate* unmanaged<nuint, uint>)NativeLibrary.GetExport(library, "ZSTD_isError");
        public readonly delegate* unmanaged<nuint, nint> GetErrorName = (delegate* unmanaged<nuint, nint>)NativeLibrary.GetExport(library, "ZSTD_getErrorName");
        public readonly delegate* unmanaged<int> MaxLevel = (delegate* unmanaged<int>)NativeLibrary.GetExport(library, "ZSTD_maxCLevel");
        public readonly delegate* unmanaged<nint, int, int, nuint> SetCParameter = (delegate* unmanaged<nint, int, int, nuint>)NativeLibrary.GetExport(library, "ZSTD_CCtx_setParameter");
        public readonly delegate* unmanaged<nint, int, nuint> ResetCCtx = (delegate* unmanaged<nint, int, nuint>)NativeLibrary.GetExport(library, "ZSTD_CCtx_reset");
        public readonly delegate* unmanaged<nint, int, nuint> ResetDCtx = (delegate* unmanaged<nint, int, nuint>)NativeLibrary.GetExport(library, "ZSTD_DCtx_reset");
        public readonly delegate* unmanaged<nint, Buffer*, Buffer*, int, nuint> CompressStream = (delegate* unmanaged<nint, Buffer*, Buffer*, int, nuint>)NativeLibrary.GetExport(library, "ZSTD_compressStream2");
        public readonly delegate* unmanaged<nint, Buffer*, Buffer*, nuint> DecompressStream = (delegate* unmanaged<nint, Buffer*, Buffer*, nuint>)NativeLibrary.GetExport(library, "ZSTD_decompressStream");
    }
}
