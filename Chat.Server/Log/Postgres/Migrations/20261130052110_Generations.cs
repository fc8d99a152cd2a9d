using Chat.Server.Hosting;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Chat.Server.Log.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class Generations : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumnsOnline("Events", "\"Generation\" text COLLATE \"C\" NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "Generation",
                table: "Events");
        }
    }
}
