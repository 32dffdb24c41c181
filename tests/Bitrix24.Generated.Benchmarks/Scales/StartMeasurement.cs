using System.Diagnostics;
using System.Globalization;

namespace Bitrix24.Benchmarks;

/// <summary>Measures the time of a new process until its first response, in multiples of the floor's time, in turns.</summary>
internal static class StartMeasurement
{
    internal const string Command = "start";
    internal const string First = "first";

    private const int Rounds = 15;

    internal static int Run()
    {
        using var server = Start([LoopbackServer.Command]);
        try
        {
            var port = server.StandardOutput.ReadLine()!;
            var ratios = new List<double>();
            for (var round = -2; round < Rounds; round++)
            {
                var (floor, ours) = (Time("floor", port), Time("client", port));
                if (round >= 0)
                {
                    ratios.Add(ours / floor);
                }
            }

            ratios.Sort();
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"a fresh process with one call: {ratios[Rounds / 2]:N2} ({ratios[0]:N2}-{ratios[^1]:N2}) times the floor's time"
                )
            );
            return 0;
        }
        finally
        {
            server.Kill();
        }
    }

    /// <summary>Runs one call in the new process. Arguments: the client and the port.</summary>
    internal static async Task<int> CallOnceAsync(string[] arguments)
    {
        var webhook = new Uri($"http://127.0.0.1:{arguments[1]}/rest/1/abc123/");
        ICandidate candidate =
            arguments[0] == "floor" ? new FloorClient(LoopbackMeasurement.MakeHttpClient(), webhook) : new GeneratedClient(webhook);
        return await candidate.AddAsync([9, 17, 19]) == 11 ? 0 : 1;
    }

    private static double Time(string candidate, string port)
    {
        var started = Stopwatch.GetTimestamp();
        using var process = Start([First, candidate, port]);
        process.WaitForExit();
        return process.ExitCode == 0
            ? Stopwatch.GetElapsedTime(started).TotalMilliseconds
            : throw new InvalidOperationException($"{candidate} failed.");
    }

    private static Process Start(string[] arguments) =>
        Process.Start(
            new ProcessStartInfo(Environment.ProcessPath!, arguments) { RedirectStandardOutput = true, UseShellExecute = false }
        )!;
}
