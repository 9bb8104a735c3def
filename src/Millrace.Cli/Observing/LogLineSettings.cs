namespace Millrace.Cli;

/// <summary>Which log events become lines, and where.</summary>
/// <param name="Level">The least level, as the option names it.</param>
/// <param name="Json">As JSON documents.</param>
/// <param name="File">File to append to; null for standard error.</param>
internal sealed record LogLineSettings(string Level, bool Json, string? File);
