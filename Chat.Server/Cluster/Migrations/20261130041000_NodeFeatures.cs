using Chat.Server.Hosting;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Chat.Server.Cluster.Migrations
{
    /// <inheritdoc />
    public partial class NodeFeatures : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumnsOnline("Nodes", "\"Features\" text NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "Features",
                table: "Nodes");
        }
    }
}
