using System.Diagnostics;

namespace Millrace.Formats.Tests.Compression;

internal static class ExternalTool
{
    /// <summary>What a program writes when it is fed the input; null when it is not installed.</summary>
    public static byte[]? Run(string tool, string arguments, byte[] input)
    {
        Process process;
        try
        {
            process = Process.Start(new ProcessStartInfo(tool, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }

        using (process)
        {
            Task feed = Task.Run(() =>
            {
                process.StandardInput.BaseStream.Write(input);
                process.StandardInput.Close();
            });
            var output = new MemoryStream();
            process.StandardOutput.BaseStream.CopyTo(output);
            process.WaitForExit();
            feed.Wait();
            Assert.Equal(0, process.ExitCode);
            return output.ToArray();
        }
    }
}
