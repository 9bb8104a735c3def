using System.Reflection;

namespace Millrace.Cli;

internal static class Build
{
    public static string Version { get; }
        = (typeof(Build).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0").Split('+')[0];
}
