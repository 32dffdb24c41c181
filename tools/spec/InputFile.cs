using System.Text.Json;

namespace Bitrix24.Specs;

/// <summary>Reads the input files of commands.</summary>
internal static class InputFile
{
    /// <summary>Returns the content of a file, parsed by <paramref name="read"/>.</summary>
    /// <exception cref="InvalidDataException">The file cannot be read. The message names the file.</exception>
    public static async Task<T> ReadAsync<T>(string path, Func<Task<T>> read)
    {
        try
        {
            return await read().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception
            is IOException or UnauthorizedAccessException or InvalidDataException or JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"{path} cannot be read: {exception.Message}", exception);
        }
    }
}
