using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Millrace.Bench.Peers;

/// <summary>What one run of a program cost. CPU and memory are the kernel's figures for this very child (<c>wait4</c>).</summary>
/// <param name="Seconds">From start to exit.</param>
/// <param name="CpuSeconds">User and system time of all its threads.</param>
/// <param name="PeakBytes">Largest resident set.</param>
/// <param name="Output">What it printed to standard output.</param>
internal sealed record ChildRun(double Seconds, double CpuSeconds, long PeakBytes, string Output);

/// <summary>Starts a program and waits for it, with the kernel's account of what it used.</summary>
internal static unsafe partial class ChildProcess
{
    private const int RusageLongs = 18;

    /// <exception cref="InvalidOperationException">The program failed; the message holds what it printed.</exception>
    public static ChildRun Run(params string[] command)
    {
        string folder = Directory.CreateTempSubdirectory("bench-").FullName;
        try
        {
            string output = Path.Combine(folder, "out");
            string errors = Path.Combine(folder, "err");
            (int status, double seconds, long[] usage) = Spawn(["/bin/sh", "-c", "exec \"$@\" >\"$0/out\" 2>\"$0/err\"", folder, .. command]);
            if (status != 0)
            {
                throw new InvalidOperationException($"{string.Join(' ', command)} failed with status {status}:\n{File.ReadAllText(output)}{File.ReadAllText(errors)}");
            }

            double cpu = usage[0] + usage[2] + ((usage[1] + usage[3]) / 1e6);
            return new ChildRun(seconds, cpu, usage[4] * 1024, File.ReadAllText(output));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static (int Status, double Seconds, long[] Usage) Spawn(string[] arguments)
    {
        string[] environment = [.. Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().Select(e => $"{e.Key}={e.Value}")];
        byte** argv = Allocate(arguments);
        byte** envp = Allocate(environment);
        try
        {
            var watch = Stopwatch.StartNew();
            int code = PosixSpawn(out int pid, argv[0], null, null, argv, envp);
            if (code != 0)
            {
                throw new Win32Exception(code);
            }

            int status;
            var usage = new long[RusageLongs];
            fixed (long* rusage = usage)
            {
                while (Wait4(pid, &status, 0, rusage) != pid)
                {
                    const int interrupted = 4;
                    if (Marshal.GetLastPInvokeError() != interrupted)
                    {
                        throw new Win32Exception(Marshal.GetLastPInvokeError());
                    }
                }
            }

            return (status, watch.Elapsed.TotalSeconds, usage);
        }
        finally
        {
            Free(argv);
            Free(envp);
        }
    }

    private static byte** Allocate(string[] values)
    {
        byte** list = (byte**)NativeMemory.AllocZeroed((nuint)values.Length + 1, (nuint)sizeof(byte*));
        for (int i = 0; i < values.Length; i++)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(values[i]);
            list[i] = (byte*)NativeMemory.AllocZeroed((nuint)bytes.Length + 1);
            bytes.CopyTo(new Span<byte>(list[i], bytes.Length));
        }

        return list;
    }

    private static void Free(byte** list)
    {
        for (byte** at = list; *at != null; at++)
        {
            NativeMemory.Free(*at);
        }

        NativeMemory.Free(list);
    }

    [LibraryImport("libc", EntryPoint = "posix_spawn")]
    private static partial int PosixSpawn(out int pid, byte* path, void* actions, void* attributes, byte** argv, byte** envp);

    [LibraryImport("libc", EntryPoint = "wait4", SetLastError = true)]
    private static partial int Wait4(int pid, int* status, int options, long* usage);
}
