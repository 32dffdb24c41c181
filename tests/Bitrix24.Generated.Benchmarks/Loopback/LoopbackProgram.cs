using System.Diagnostics;

namespace Bitrix24.Benchmarks;

/// <summary>Starts the server and the measurement as separate processes, each on its own core.</summary>
internal static class LoopbackProgram
{
    internal const string Command = "loopback";

    internal static int Run(string[] arguments)
    {
        using var server = Start(core: 0, [LoopbackServer.Command]);
        try
        {
            var port = server.StandardOutput.ReadLine()!;
            using var measurement = Start(core: 1, [LoopbackMeasurement.Command, port, .. arguments]);
            while (measurement.StandardOutput.ReadLine() is { } line)
            {
                Console.WriteLine(line);
            }

            measurement.WaitForExit();
            return measurement.ExitCode;
        }
        finally
        {
            server.Kill();
        }
    }

    /// <summary>A process inherits the core of the thread that starts it, and its runtime uses only that core.</summary>
    private static Process Start(int core, string[] arguments)
    {
        if (OperatingSystem.IsLinux() || OperatingSystem.IsWindows())
        {
            using var self = Process.GetCurrentProcess();
            self.ProcessorAffinity = 1 << core;
        }

        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }
}
