using System.ComponentModel;
using System.Diagnostics;

namespace Millrace.Cli;

/// <summary>Shows what is longer than the screen in the user's pager: <c>$PAGER</c>, or <c>less</c>.</summary>
internal static class Pager
{
    /// <summary>Runs what prints to <see cref="Console.Out"/>, and pages what it printed if that does not fit.</summary>
    public static async Task ShowAsync(Func<Task> print)
    {
        TextWriter screen = Console.Out;
        using var text = new StringWriter();
        Console.SetOut(text);
        try
        {
            await print().ConfigureAwait(false);
        }
        finally
        {
            Console.SetOut(screen);
        }

        string printed = text.ToString();
        if (printed.Count(c => c == '\n') < Console.WindowHeight || !TryPage(printed))
        {
            screen.Write(printed);
        }
    }

    private static bool TryPage(string text)
    {
        string pager = Environment.GetEnvironmentVariable("PAGER") is { Length: > 0 } set ? set : "less -FRSX";
        try
        {
            using Process? process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", pager]) { RedirectStandardInput = true });
            if (process is null)
            {
                return false;
            }

            try
            {
                process.StandardInput.Write(text);
                process.StandardInput.Close();
            }
            catch (IOException)
            {
                // Left before the end.
            }

            process.WaitForExit();
            const int notFound = 127;
            return process.ExitCode != notFound;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
