using System.Diagnostics;
using System.Runtime.InteropServices;
using Millrace.Columnar.Interop;

namespace Millrace.Columnar.Tests.Interop;

/// <summary>The C program beside this file, built by the system's compiler once a run.</summary>
internal static unsafe class NativeConsumer
{
    public const string Collection = "native consumer";

    private static readonly Lazy<nint> Library = new(Build);

    /// <summary>Why there is none, or null.</summary>
    public static string? Missing { get; } = OperatingSystem.IsWindows() ? "needs a C compiler called cc" : Find("cc") is null ? "the C compiler cc is not installed" : null;

    public static long LiveBlocks => ((delegate* unmanaged[Cdecl]<long>)Symbol("live_blocks"))();

    public static void ReverseRows(ArrowSchema* schema, ArrowArray* array, ArrowSchema* schemaOut, ArrowArray* arrayOut)
        => ((delegate* unmanaged[Cdecl]<ArrowSchema*, ArrowArray*, ArrowSchema*, ArrowArray*, void>)Symbol("reverse_rows"))(schema, array, schemaOut, arrayOut);

    public static void KeepChild(ArrowArray* array, long child, ArrowArray* result)
        => ((delegate* unmanaged[Cdecl]<ArrowArray*, long, ArrowArray*, void>)Symbol("keep_child"))(array, child, result);

    public static void ReverseStream(ArrowArrayStream* stream, ArrowArrayStream* result)
        => ((delegate* unmanaged[Cdecl]<ArrowArrayStream*, ArrowArrayStream*, void>)Symbol("reverse_stream"))(stream, result);

    private static nint Symbol(string name) => NativeLibrary.GetExport(Library.Value, name);

    private static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(p => Path.Combine(p, program)).FirstOrDefault(File.Exists);

    private static nint Build()
    {
        string source = Path.Combine(GoldenFile.Root(), "tests", "Millrace.Columnar.Tests", "Interop", "arrow_consumer.c");
        string library = Path.Combine(Path.GetTempPath(), $"millrace-arrow-{Environment.ProcessId}-{Guid.NewGuid():n}.so");
        using Process compiler = Process.Start(new ProcessStartInfo("cc", ["-std=c11", "-O1", "-Wall", "-Werror", "-shared", "-fPIC", "-o", library, source]) { RedirectStandardError = true })!;
        string messages = compiler.StandardError.ReadToEnd();
        compiler.WaitForExit();
        Assert.True(compiler.ExitCode == 0, messages);
        nint handle = NativeLibrary.Load(library);

        // Once loaded, the file is not needed any more.
        File.Delete(library);
        return handle;
    }
}
