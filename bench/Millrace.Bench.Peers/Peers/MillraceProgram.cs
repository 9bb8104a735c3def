namespace Millrace.Bench.Peers;

/// <summary>The published program, as a user starts it.</summary>
internal static class MillraceProgram
{
    public static string Path => System.IO.Path.Combine(Folders.Root, "out", "current", "millrace");

    public static ChildRun Run(params string[] arguments) => ChildProcess.Run([Path, .. arguments]);
}

internal static class Folders
{
    public static string Root { get; } = Environment.GetEnvironmentVariable("MILLRACE_ROOT") ?? Directory.GetCurrentDirectory();

    /// <summary>Where data is made and kept.</summary>
    public static string Data { get; } = Directory.CreateDirectory(Path.Combine(Root, "out", "bench")).FullName;
}
